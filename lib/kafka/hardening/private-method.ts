/**
 * The key of a method that kafkajs keeps private and does not export.
 *
 * @param description of the symbol
 * @param file that is to have it, for the error
 */
export function privateMethod(prototype: object, description: string, file: string): symbol {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    const keys = Object.getOwnPropertySymbols(at)
    const found = keys.find((key) => key.description === description)
    if (found) return found
  }
  throw new Error(`${file} has no ${description}`)
}
