/* eslint-disable @typescript-eslint/consistent-type-definitions -- Node-RED asks messages for an index
   signature, which only a type alias has implicitly */
import { SlsKafkaError, reasonOf } from '../errors'
import type { Bytes, FetchedRecord, RecordHeader } from '../kafka/log-source'
import { decode, type DecodeProblem } from '../sls/decode'
import type { Format } from '../sls/formats'
import { normaliseTimestamp } from '../sls/timestamp'

/** Header values by name; a list where a record has several headers of the same name, in their order. */
export type MessageHeaders = Record<string, string | null | (string | null)[]>

/**
 * A record as a message carries it. It holds no slice of the fetch response, because the next response is read into
 * that memory. Nor must a flow that keeps one small message keep a megabyte.
 */
export type ReadRecord = {
  readonly offset: string
  /** Text, or a Buffer with the format `buffer`. */
  readonly key: string | Buffer | null
  readonly value: string | Buffer | null
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly headers?: MessageHeaders
}

/** The payload of a message; with an error, the value as it is. */
export interface DecodedValue {
  readonly payload: unknown
  /** Why the value cannot be decoded; null if it can. */
  readonly error: SlsKafkaError | null
}

/**
 * V8 makes the objects of a literal long-lived once most of them have survived a garbage collection, as those of a
 * batch do. They then keep their texts in memory until a full collection, and all collections take four times as long.
 * A copy of a template never becomes long-lived in this way. Measured on Node.js 20, with batches of 1 KiB a record.
 */
const NO_RECORD: ReadRecord = { offset: '', key: null, value: null, timestamp: 0 }

/** A class for the same reason. */
class Value implements DecodedValue {
  readonly payload: unknown
  readonly error: SlsKafkaError | null

  constructor(payload: unknown, error: SlsKafkaError | null = null) {
    this.payload = payload
    this.error = error
  }
}

/** Characters of an undecodable value that its error quotes. */
const QUOTE_LENGTH = 60

const DECODE_ERRORS = {
  'not-json': 'SLS_DECODE_FAILED',
  empty: 'SLS_VALUE_EMPTY',
} as const satisfies Record<DecodeProblem, string>

/** Errors of records that cannot be read, for example because a value is too long for a string. */
const readErrors = new WeakMap<ReadRecord, SlsKafkaError>()

/** Copies a record out of the fetched response. Never throws: see `decodeValue`. */
export function readRecord(fetched: FetchedRecord, shard: number, format: Format): ReadRecord {
  try {
    const own = format === 'buffer' ? copyOf : textOf
    const { headers } = fetched
    const record: { -readonly [Field in keyof ReadRecord]: ReadRecord[Field] } = { ...NO_RECORD }
    record.offset = fetched.offset
    record.key = own(fetched.key)
    record.value = own(fetched.value)
    record.timestamp = normaliseTimestamp(fetched.timestamp)
    return headers?.length ? { ...record, headers: readHeaders(headers) } : record
  } catch (error) {
    return unreadRecord(fetched, shard, error)
  }
}

/** Decodes the value of a record. Never throws. */
export function decodeValue(record: ReadRecord, shard: number, format: Format): DecodedValue {
  const { key, value, offset } = record
  const readError = value === null ? readErrors.get(record) : undefined
  if (readError) return new Value(null, readError)
  try {
    const decoded = decode(format, key === null ? null : String(key), value)
    if (!('problem' in decoded)) return new Value(decoded.payload)
    const params = { shard, offset, value: quote(String(value)) }
    return new Value(value, new SlsKafkaError(DECODE_ERRORS[decoded.problem], params))
  } catch (error) {
    return new Value(null, sendError(shard, offset, error))
  }
}

/** Copies a record for the flow, which can change its copy: the record can be sent again unchanged. */
export function copyOfRecord(record: ReadRecord): ReadRecord {
  const { key, value, headers } = record
  const copy = {
    ...record,
    key: Buffer.isBuffer(key) ? Buffer.from(key) : key,
    value: Buffer.isBuffer(value) ? Buffer.from(value) : value,
  }
  return headers ? { ...copy, headers: copyOfHeaders(headers) } : copy
}

/** The error of a record or message that could not be sent to the flow. */
export function sendError(shard: number, offset: string, cause: unknown): SlsKafkaError {
  return new SlsKafkaError('SLS_SEND_FAILED', { shard, offset, detail: reasonOf(cause) }, cause)
}

function unreadRecord(fetched: FetchedRecord, shard: number, cause: unknown): ReadRecord {
  const { offset } = fetched
  const timestamp = normaliseTimestamp(fetched.timestamp)
  const record = { offset, key: null, value: null, timestamp }
  readErrors.set(record, sendError(shard, offset, cause))
  return record
}

function textOf(bytes: Bytes | null): string | null {
  return bytes === null ? null : bytes.toString('utf8')
}

function copyOf(bytes: Bytes | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.subarray())
}

/** Every name becomes an own property, also `__proto__` and `constructor`. */
function readHeaders(headers: readonly RecordHeader[]): MessageHeaders {
  const values = new Map<string, MessageHeaders[string]>()
  for (const [name, bytes] of headers) {
    const value = textOf(bytes)
    const known = values.get(name)
    if (known === undefined) values.set(name, value)
    else if (Array.isArray(known)) known.push(value)
    else values.set(name, [known, value])
  }
  return Object.fromEntries(values)
}

function copyOfHeaders(headers: MessageHeaders): MessageHeaders {
  const copied = Object.entries(headers).map(([name, value]): [string, typeof value] => [
    name,
    Array.isArray(value) ? [...value] : value,
  ])
  return Object.fromEntries(copied)
}

function quote(text: string): string {
  return text.length <= QUOTE_LENGTH ? text : `${text.slice(0, QUOTE_LENGTH)}…`
}
