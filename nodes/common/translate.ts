/** Looks a text up in a node's own catalogue, in the language of the runtime or of the editor. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string
