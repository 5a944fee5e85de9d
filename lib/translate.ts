import { escapeValues } from './text'

/** Finds a text by its key, in the language of the runtime or of the editor, and fills in values. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string

/** Wraps a lookup so that values, which can come from outside, are escaped. Use this for every visible text. */
export function translator(lookUp: Translate): Translate {
  return (key, values = {}) => lookUp(key, escapeValues(values))
}

/** Prefixes keys with a name: of a node, or of a catalogue and a node. */
export function inCatalogueOf(name: string, translate: Translate): Translate {
  return (key, values) => translate(`${name}.${key}`, values)
}
