import type { Field } from './log'

/**
 * The top level of a JSON object as fields, or `undefined` if the text is anything else.
 * SLS stores strings only: text stays as it is, every other value becomes its JSON text.
 */
export function jsonFields(text: string): Field[] | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    return objectFields(JSON.parse(text) as object)
  } catch {
    return undefined
  }
}

export function objectFields(object: object): Field[] {
  return Object.entries(object).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
}
