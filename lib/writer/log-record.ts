import { isUtf8 } from 'node:buffer'
import type { WriteFormat } from '../config/writer-options'
import type { ProducedRecord } from '../kafka/records/record-batch-encoder'
import { DEFAULT_FIELD, fieldNameProblem, MAX_LOG_BYTES } from '../sls/log-rules'
import { timeOfDate } from '../text'
import { invalidLog, tooLargeLog } from './log-errors'

export interface LogShape {
  readonly logstore: string
  readonly format: WriteFormat
  /** The name of the one field. */
  readonly field: string
}

/** A log as it is sent. */
export interface OutgoingLog {
  /** `<logstore>` for one field; `<logstore>.json`, by which SLS makes fields of a JSON object. */
  readonly topic: string
  readonly record: ProducedRecord
  readonly bytes: number
}

/**
 * The log of one value. Buffers are copied at once, because the flow may change them.
 *
 * @param timestamp ms since 1970
 * @throws SlsKafkaError SLS_RECORD_INVALID or SLS_RECORD_TOO_LARGE
 */
export function logOf(value: unknown, timestamp: number, shape: LogShape): OutgoingLog {
  const { logstore, format, field } = shape
  if (value === null || value === undefined) throw invalidLog('log-empty', value)
  const fields = format === 'text' ? null : fieldsOf(value, format)
  const isText = fields === null
  const text = isText ? textOf(value) : JSON.stringify(fields)
  // SLS uses the key as the name of the field.
  const key = isText ? field || DEFAULT_FIELD : null
  const bytes = Buffer.byteLength(text) + (key === null ? 0 : Buffer.byteLength(key))
  if (bytes > MAX_LOG_BYTES) throw tooLargeLog(bytes)
  const topic = isText ? logstore : `${logstore}.json`
  return { topic, record: { key, value: text, timestamp }, bytes }
}

/** Returns the fields of a value; null if the value becomes one field. */
function fieldsOf(value: unknown, format: 'auto' | 'json'): Record<string, string> | null {
  const object = isFieldObject(value) ? value : format === 'json' ? parsedObject(value) : null
  return object && checkedFields(object)
}

function isFieldObject(value: unknown): value is object {
  const isObject = typeof value === 'object' && value !== null
  return (
    isObject && !Array.isArray(value) && !ArrayBuffer.isView(value) && timeOfDate(value) === null
  )
}

function parsedObject(value: unknown): object {
  const isText = typeof value === 'string' || ArrayBuffer.isView(value)
  const parsed = isText ? parsedJson(textOf(value)) : null
  if (!isFieldObject(parsed)) throw invalidLog('log-not-object', value)
  return parsed
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Texts of all values: what SLS itself makes of a number or of null is not documented. */
function checkedFields(object: object): Record<string, string> {
  // The object has no prototype, so that `__proto__` is an ordinary field.
  const fields = Object.create(null) as Record<string, string>
  let isEmpty = true
  for (const [name, value] of Object.entries(object)) {
    if (value === null || value === undefined || typeof value === 'function') continue
    const problem = fieldNameProblem(name)
    if (problem) throw invalidLog(problem, name)
    // JSON has an escape for half of a character, which UTF-8 cannot carry and strict parsers refuse.
    fields[name.toWellFormed()] = textOf(value).toWellFormed()
    isEmpty = false
  }
  if (isEmpty) throw invalidLog('log-empty', object)
  return fields
}

/** @throws SlsKafkaError for a value without a text, such as a circular object or bytes that are not UTF-8 */
function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'object':
      return objectText(value)
    default:
      throw invalidLog('log-no-text', value)
  }
}

function objectText(value: object | null): string {
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    if (!isUtf8(bytes)) throw invalidLog('log-not-utf8', value)
    return bytes.toString('utf8')
  }
  const time = timeOfDate(value)
  // JSON would make the text "null" of a Date that is no time.
  if (Number.isNaN(time)) throw invalidLog('log-no-text', value)
  if (time !== null) return new Date(time).toISOString()
  try {
    const text: unknown = JSON.stringify(value)
    if (typeof text === 'string') return text
  } catch {
    // Circular, or with a BigInt or a `toJSON` that throws.
  }
  throw invalidLog('log-no-text', value)
}
