/* eslint-disable @typescript-eslint/consistent-type-definitions -- Node-RED asks messages for an index
   signature, which only a type alias has implicitly */
import type { ConsumerOptions } from '../config/consumer-options'
import { nextMessageId } from './message-id'
import type { MessageHeaders, ReadRecord } from './read-record'

/** Properties of every message. Saved flows depend on these names. */
type Common = {
  /** With `commit: onAck` the token: a Function node that returns a new object keeps `_msgid`. */
  _msgid: string
  /** The logstore. */
  topic: string
  /** The shard. */
  partition: number
  /** Decimal text, because a JS number is exact only up to 2^53. */
  offset: string
  /** Milliseconds since 1970. A message batch has the time of its last record. */
  timestamp: number
  kafka: {
    project: string
    group: string
    attempt: number
    /** Acknowledges the message, with `commit: onAck`. */
    token?: string
    /** Why the record is a dead letter; only at output 2. */
    error?: { code: string; message: string }
    headers?: MessageHeaders
  }
}

/** The message for one record. */
export type RecordMessage = Common & {
  payload: unknown
  /** The key as text, or as a Buffer with the format `buffer`. */
  key: string | Buffer | null
  value: string | Buffer | null
}

/** The message for several records of one shard, in order. */
export type BatchMessage = Common & {
  /** The decoded values. */
  payload: unknown[]
  /** The records, in the same order. */
  records: ReadRecord[]
  /** Offset of the last record; `offset` is the one of the first. */
  lastOffset: string
}

export type Message = RecordMessage | BatchMessage

/** The project, logstore and group that a message names. */
export type Origin = Pick<ConsumerOptions, 'project' | 'logstore' | 'group'>

/** The parts of a message that differ between attempts. */
export interface Stamp {
  readonly attempt: number
  /** Null with `commit: onSend`. */
  readonly token: string | null
}

export const UNACKNOWLEDGED: Stamp = { attempt: 1, token: null }

export function recordMessage(
  { offset, key, value, timestamp, headers }: ReadRecord,
  payload: unknown,
  shard: number,
  stamp: Stamp,
  origin: Origin,
): RecordMessage {
  const kafka = kafkaFields(stamp, origin)
  if (headers) kafka.headers = headers
  return {
    payload,
    topic: origin.logstore,
    partition: shard,
    offset,
    key,
    value,
    timestamp,
    kafka,
    _msgid: idOf(stamp),
  }
}

/** @param records not empty; `payloads` has one entry for each */
export function batchMessage(
  records: ReadRecord[],
  payloads: unknown[],
  shard: number,
  stamp: Stamp,
  origin: Origin,
): BatchMessage {
  const last = records.at(-1)
  return {
    payload: payloads,
    records,
    topic: origin.logstore,
    partition: shard,
    offset: records[0]?.offset ?? '',
    lastOffset: last?.offset ?? '',
    timestamp: last?.timestamp ?? 0,
    kafka: kafkaFields(stamp, origin),
    _msgid: idOf(stamp),
  }
}

function idOf({ token }: Stamp): string {
  return token ?? nextMessageId()
}

function kafkaFields({ attempt, token }: Stamp, origin: Origin): Common['kafka'] {
  const { group } = origin
  const { project } = origin.project
  return token === null ? { project, group, attempt } : { project, group, attempt, token }
}
