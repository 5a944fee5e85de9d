import type { Format } from './formats'

/** Why a value could not be decoded. */
export type DecodeProblem = 'not-json' | 'empty'

export type Decoded = { payload: unknown } | { problem: DecodeProblem }

/**
 * SLS writes a log with one field as key = the field's name and value = its text, a log with several
 * fields as a null key and a JSON object (sls.aliyun.com, "Kafka consumption", record fields). One
 * logstore mixes both, so each record is decoded by itself.
 *
 * A null value is null in every format, and `text` and `buffer` leave the value as it is. A byte order
 * mark before JSON is no part of it (RFC 8259, section 8.1, lets a reader ignore it).
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

/** A JSON object or array becomes one; anything else, also a JSON number, stays the text it was. */
function structureOrText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(withoutMark(text)) as unknown
  } catch {
    return text
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** Always an object of the log's fields; a text without a field name is SLS's own field `content`. */
function fields(key: string | null, text: string): unknown {
  if (key !== null) return { [key]: text }
  const structure = structureOrText(text)
  const isObject = typeof structure === 'object' && structure !== null && !Array.isArray(structure)
  return isObject ? structure : { content: text }
}
