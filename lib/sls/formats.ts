/** The formats by which the value of a record becomes a payload. Free of Node.js, for the edit dialogs. */
export const FORMATS = ['auto', 'json', 'text', 'buffer', 'fields'] as const
export type Format = (typeof FORMATS)[number]
