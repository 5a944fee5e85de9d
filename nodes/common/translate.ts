/** Looks a text up in a node's own catalogue, in the language of the runtime or of the editor. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string

/** Looks up what is below a name: that of a node, or of a node and its catalogue. */
export function inCatalogueOf(name: string, translate: Translate): Translate {
  return (key, values) => translate(`${name}.${key}`, values)
}
