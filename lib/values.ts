/** Characters of a value that a text for the user has room for. */
const MAX_LENGTH = 80

/**
 * Any value as an error text shows it. Never throws, although a Function node can put values into a
 * message that no text can be made of: circular objects, BigInts, objects whose `toJSON` throws.
 */
export function shown(value: unknown): string {
  const text = textOf(value).trim()
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`
}

/**
 * Milliseconds since 1970 of a Date, NaN of an invalid one; null for any other value. Function nodes
 * make dates in a realm of their own, so that `instanceof` does not recognise them.
 */
export function timeOfDate(value: unknown): number | null {
  try {
    return Date.prototype.getTime.call(value)
  } catch {
    return null
  }
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'bigint':
      return `${value}n`
    case 'object':
      return objectText(value)
    case 'function':
      return 'function'
    default:
      return String(value)
  }
}

function objectText(value: object | null): string {
  if (ArrayBuffer.isView(value)) return `Buffer(${value.byteLength})`
  const time = timeOfDate(value)
  if (time !== null) return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString()
  try {
    const text: unknown = JSON.stringify(value, withBigInts)
    // Undefined of an object whose `toJSON` says so.
    return typeof text === 'string' ? text : 'object'
  } catch {
    return Array.isArray(value) ? 'array' : 'object'
  }
}

function withBigInts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
