import { SlsKafkaError } from '../errors'
import type { FetchedRecord, RecordHeader } from '../kafka/source'
import { decode, type DecodeProblem } from '../sls/decode'
import type { Format } from '../sls/formats'
import { normaliseTimestamp } from '../sls/timestamp'

/** By name; a list where a record has several of the same name, in their order. */
export type MessageHeaders = Record<string, string | null | (string | null)[]>

/**
 * A record that refers to nothing of the fetched answer any more, of which key and value were slices:
 * a flow that keeps one small message must not keep a megabyte.
 */
export interface DecodedRecord {
  readonly payload: unknown
  readonly offset: string
  readonly key: string | Buffer | null
  readonly value: string | Buffer | null
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly headers: MessageHeaders | null
  /** Set if the value could not be decoded; the payload is then the value as it is. */
  readonly error: SlsKafkaError | null
}

/** How much of a value that could not be decoded its error quotes, in characters. */
const QUOTE_LENGTH = 60

const DECODE_ERRORS = {
  'not-json': 'SLS_DECODE_FAILED',
  empty: 'SLS_VALUE_EMPTY',
} as const satisfies Record<DecodeProblem, string>

export function decodeRecord(record: FetchedRecord, shard: number, format: Format): DecodedRecord {
  const own = format === 'buffer' ? copyOf : textOf
  const value = own(record.value)
  const key = own(record.key)
  const decoded = decode(format, key === null ? null : String(key), value)
  const failed = 'problem' in decoded
  return {
    payload: failed ? value : decoded.payload,
    offset: record.offset,
    key,
    value,
    timestamp: normaliseTimestamp(record.timestamp),
    headers: readable(record.headers),
    error: failed
      ? new SlsKafkaError(DECODE_ERRORS[decoded.problem], {
          shard,
          offset: record.offset,
          value: quote(String(value)),
        })
      : null,
  }
}

function textOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('utf8')
}

function copyOf(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}

/** Every name becomes a property of its own, `__proto__` and `constructor` as well. */
function readable(headers: readonly RecordHeader[] | null | undefined): MessageHeaders | null {
  if (!headers?.length) return null
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

function quote(text: string): string {
  return text.length <= QUOTE_LENGTH ? text : `${text.slice(0, QUOTE_LENGTH)}…`
}
