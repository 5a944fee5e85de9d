/** Most characters of a value in a text for the user. */
const MAX_LENGTH = 80

/**
 * Control characters (C0 and C1), line breaks and bidirectional marks (Unicode annex #9). They can forge lines,
 * steer a terminal, or reverse the order of letters.
 */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Escapes control characters and bidirectional marks in the notation of JSON, for a terminal, log or dialog. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => SHORT_ESCAPES[character] ?? unicodeEscape(character))
}

/** Escapes the texts among values as `escapeControls` does. Escaping twice changes nothing more. */
export function escapeValues(
  values: Readonly<Record<string, string | number>>,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      return [name, typeof value === 'string' ? escapeControls(value) : value]
    }),
  )
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * Any value as a text of at most 80 characters, for error texts. Never throws: Function nodes can put circular
 * objects, BigInts and objects with a throwing `toJSON` into a message.
 */
export function displayText(value: unknown): string {
  const text = textOf(value).trim()
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`
}

/**
 * Milliseconds since 1970 of a Date, NaN of an invalid Date, null for any other value. Function nodes create
 * dates in another realm, where `instanceof` does not recognise them.
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
    const text: unknown = JSON.stringify(value, bigIntText)
    // JSON.stringify returns undefined if `toJSON` does.
    return typeof text === 'string' ? text : 'object'
  } catch {
    return Array.isArray(value) ? 'array' : 'object'
  }
}

function bigIntText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
