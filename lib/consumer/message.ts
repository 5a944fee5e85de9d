import { SlsKafkaError } from '../errors'
import type { FetchedRecord, RecordHeaders } from '../kafka/source'
import type { ConsumerOptions } from '../options/consumer-options'
import { decode, type DecodeProblem } from '../sls/decode'
import { normaliseTimestamp } from '../sls/timestamp'

/** What a flow receives for one record. Saved flows depend on these names. */
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- Node-RED asks for an index signature, which only a type alias has implicitly
export type RecordMessage = {
  payload: unknown
  /** The logstore. */
  topic: string
  /** The shard. */
  partition: number
  /** Decimal text, because a JS number is exact only up to 2^53. */
  offset: string
  /** As the record carries it: text, or a Buffer with the format `buffer`. */
  key: string | Buffer | null
  value: string | Buffer | null
  /** Milliseconds since 1970. */
  timestamp: number
  kafka: {
    project: string
    group: string
    attempt: number
    headers?: Record<string, string | string[]>
  }
}

export interface RecordOutcome {
  readonly message: RecordMessage
  /** Set if the value could not be decoded; the message then carries it as it is. */
  readonly error?: SlsKafkaError
}

/** How much of a value that could not be decoded its error quotes, in characters. */
const QUOTE_LENGTH = 60

const DECODE_ERRORS = {
  'not-json': 'SLS_DECODE_FAILED',
  empty: 'SLS_VALUE_EMPTY',
} as const satisfies Record<DecodeProblem, string>

/**
 * Builds the message of one record. Nothing in it refers to the fetched answer, of which key and value
 * are slices: a flow that keeps one small message must not keep a megabyte.
 */
export function toMessage(
  record: FetchedRecord,
  shard: number,
  options: ConsumerOptions,
): RecordOutcome {
  const own = options.format === 'buffer' ? copyOf : textOf
  const value = own(record.value)
  const decoded = decode(options.format, textOf(record.key), value)
  const headers = readable(record.headers)
  const message: RecordMessage = {
    payload: 'problem' in decoded ? value : decoded.payload,
    topic: options.logstore,
    partition: shard,
    offset: record.offset,
    key: own(record.key),
    value,
    timestamp: normaliseTimestamp(record.timestamp),
    kafka: {
      project: options.project.project,
      group: options.group,
      attempt: 1,
      ...(headers && { headers }),
    },
  }
  if (!('problem' in decoded)) return { message }
  const params = { shard, offset: record.offset, value: quote(String(value)) }
  return { message, error: new SlsKafkaError(DECODE_ERRORS[decoded.problem], params) }
}

function textOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('utf8')
}

function copyOf(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}

function readable(headers: RecordHeaders | undefined): Record<string, string | string[]> | null {
  const entries = Object.entries(headers ?? {}).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(String) : String(value ?? ''),
  ])
  return entries.length > 0 ? (Object.fromEntries(entries) as Record<string, string>) : null
}

function quote(text: string): string {
  return text.length <= QUOTE_LENGTH ? text : `${text.slice(0, QUOTE_LENGTH)}…`
}
