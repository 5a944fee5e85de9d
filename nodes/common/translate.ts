import { visibleValues } from '../../lib/visible'

/** Looks a text up in a node's own catalogue, in the language of the runtime or of the editor. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string

/** Every text that is shown is made by one of these: what comes from outside is escaped here. */
export function translator(lookUp: Translate): Translate {
  return (key, values = {}) => lookUp(key, visibleValues(values))
}

/** Looks up what is below a name: that of a node, or of a node and its catalogue. */
export function inCatalogueOf(name: string, translate: Translate): Translate {
  return (key, values) => translate(`${name}.${key}`, values)
}
