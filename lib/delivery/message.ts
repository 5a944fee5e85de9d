/* eslint-disable @typescript-eslint/consistent-type-definitions -- Node-RED asks messages for an index
   signature, which only a type alias has implicitly */
import type { ConsumerOptions } from '../config/consumer-options'
import type { DecodedRecord, MessageHeaders } from './decoded-record'

/** What every message carries. Saved flows depend on these names. */
type Common = {
  /** The token once more: a Function node that returns a new object keeps it. */
  _msgid?: string
  /** The logstore. */
  topic: string
  /** The shard. */
  partition: number
  /** Decimal text, because a JS number is exact only up to 2^53. */
  offset: string
  /** Milliseconds since 1970; of a batch that of its last record. */
  timestamp: number
  kafka: {
    project: string
    group: string
    attempt: number
    /** By which the message is acknowledged, with `commit: onAck`. */
    token?: string
    /** Why the record was given up, on the output for that. */
    error?: { code: string; message: string }
    headers?: MessageHeaders
  }
}

/** What a flow receives for one record. */
export type RecordMessage = Common & {
  payload: unknown
  /** As the record carries it: text, or a Buffer with the format `buffer`. */
  key: string | Buffer | null
  value: string | Buffer | null
}

/** What a flow receives for several records of one shard, in order. */
export type BatchMessage = Common & {
  /** The decoded values. */
  payload: unknown[]
  /** What belongs to each of them, in the same order. */
  records: RecordMetadata[]
  /** Of the last record; `offset` is that of the first. */
  lastOffset: string
}

export type RecordMetadata = Pick<RecordMessage, 'offset' | 'key' | 'value' | 'timestamp'> & {
  headers?: MessageHeaders
}

export type Message = RecordMessage | BatchMessage

/** Whence the records of a message are. */
export type Origin = Pick<ConsumerOptions, 'project' | 'logstore' | 'group'>

/** What differs between the times that a record is sent. */
export interface Stamp {
  readonly attempt: number
  /** Null if nothing is acknowledged. */
  readonly token: string | null
}

export const UNACKNOWLEDGED: Stamp = { attempt: 1, token: null }

export function recordMessage(
  record: DecodedRecord,
  shard: number,
  stamp: Stamp,
  options: Origin,
): RecordMessage {
  const { payload, offset, key, value, timestamp, headers } = record
  const { logstore: topic } = options
  const kafka = origin(stamp, options)
  if (headers) kafka.headers = headers
  return identified(
    { payload, topic, partition: shard, offset, key, value, timestamp, kafka },
    stamp,
  )
}

/** Null if there is nothing to send. */
export function batchMessage(
  records: readonly DecodedRecord[],
  shard: number,
  stamp: Stamp,
  options: Origin,
): BatchMessage | null {
  const first = records[0]
  const last = records.at(-1)
  if (!first || !last) return null
  const message = {
    payload: records.map(({ payload }) => payload),
    records: records.map(metadata),
    topic: options.logstore,
    partition: shard,
    offset: first.offset,
    lastOffset: last.offset,
    timestamp: last.timestamp,
    kafka: origin(stamp, options),
  }
  return identified(message, stamp)
}

function metadata({ offset, key, value, timestamp, headers }: DecodedRecord): RecordMetadata {
  const record: RecordMetadata = { offset, key, value, timestamp }
  if (headers) record.headers = headers
  return record
}

function identified<M extends Message>(message: M, { token }: Stamp): M {
  if (token !== null) message._msgid = token
  return message
}

function origin({ attempt, token }: Stamp, { project, group }: Origin): Common['kafka'] {
  const from: Common['kafka'] = { project: project.project, group, attempt }
  if (token !== null) from.token = token
  return from
}
