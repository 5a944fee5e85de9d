import type { Format } from './formats'

/** Why a value could not be decoded. */
export type DecodeProblem = 'not-json' | 'empty'

/** A decoded value, or why the value could not be decoded. */
export type Decoded = { payload: unknown } | { problem: DecodeProblem }

/**
 * Decodes the value of a record. A log with one field has the field's name as key and the field's text as value. A
 * log with several fields has a null key and a JSON object (sls.aliyun.com, "Kafka consumption", record fields). One
 * logstore can have both.
 *
 * A null value stays null in every format, and `text` and `buffer` keep the value unchanged. A byte order mark before
 * JSON is ignored, as RFC 8259, section 8.1, allows.
 */
export function decode(format: Format, key: string | null, value: string | Buffer | null): Decoded {
  if (value === null) return { payload: null }
  switch (format) {
    case 'text':
    case 'buffer':
      return { payload: value }
    case 'auto':
      return { payload: structureOrText(String(value)) }
    case 'json':
      return json(String(value))
    case 'fields':
      return { payload: fields(key, String(value)) }
  }
}

function json(value: string): Decoded {
  const text = withoutMark(value)
  if (text.length === 0) return { problem: 'empty' }
  try {
    return { payload: JSON.parse(text) as unknown }
  } catch {
    return { problem: 'not-json' }
  }
}

/** Parses a JSON object or array. Any other text, even a JSON number, stays a text. */
function structureOrText(text: string): unknown {
  // Most logs are objects, for which the regular expression is not needed.
  if (!text.startsWith('{') && !/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(withoutMark(text)) as unknown
  } catch {
    return text
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** Returns an object with the fields of the log. A text without a field name becomes SLS's field `content`. */
function fields(key: string | null, text: string): unknown {
  if (key !== null) return { [key]: text }
  const structure = structureOrText(text)
  const isObject = typeof structure === 'object' && structure !== null && !Array.isArray(structure)
  return isObject ? structure : { content: text }
}
