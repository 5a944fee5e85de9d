import { formatToken } from './token'
import type { SlsKafkaError } from '../errors'
import type { PeekedRecord } from '../kafka/peek'
import type { Format } from '../sls/formats'
import { decodeRecord, type DecodedRecord } from './decoded-record'
import {
  batchMessage,
  recordMessage,
  UNACKNOWLEDGED,
  type Message,
  type Origin,
  type Stamp,
} from './message'

/** The settings of which a message depends. */
export interface PreviewSettings extends Origin {
  readonly format: Format
  /** Records of a batch, at most; null if they are sent one by one. */
  readonly batchSize: number | null
  readonly isAcknowledged: boolean
}

export interface PreviewedMessage {
  readonly message: Message
  /** Why the message goes to Catch nodes instead of to the flow. */
  readonly error: SlsKafkaError | null
}

/** Of no consumer, so that nothing is acknowledged by a token that somebody copies. */
const NO_INCARNATION = '0'

/**
 * The messages that a flow would get for these records, newest first. In batches the records of each
 * shard are together, and one that cannot be decoded is by itself, as when they are sent.
 */
export function previewMessages(
  records: readonly PeekedRecord[],
  settings: PreviewSettings,
): PreviewedMessage[] {
  const decoded = records.map((record): [number, DecodedRecord] => [
    record.shard,
    decodeRecord(record, record.shard, settings.format),
  ])
  const single = ([shard, record]: [number, DecodedRecord]): PreviewedMessage => ({
    message: recordMessage(record, shard, stampOf(shard, record, settings), settings),
    error: record.error,
  })
  if (settings.batchSize === null) return decoded.map(single)
  const failed = decoded.filter(([, { error }]) => error)
  return [...batches(decoded, settings.batchSize, settings), ...failed.map(single)]
}

function batches(
  decoded: readonly [number, DecodedRecord][],
  size: number,
  settings: PreviewSettings,
): PreviewedMessage[] {
  const byShard = new Map<number, DecodedRecord[]>()
  for (const [shard, record] of decoded) {
    if (!record.error) byShard.set(shard, [...(byShard.get(shard) ?? []), record])
  }
  return [...byShard].flatMap(([shard, newest]) => {
    const records = newest.sort(byOffset).slice(-size)
    const [first] = records
    const stamp = first ? stampOf(shard, first, settings) : UNACKNOWLEDGED
    const message = batchMessage(records, shard, stamp, settings)
    return message ? [{ message, error: null }] : []
  })
}

function byOffset(one: DecodedRecord, other: DecodedRecord): number {
  return BigInt(one.offset) < BigInt(other.offset) ? -1 : 1
}

function stampOf(
  shard: number,
  { offset }: DecodedRecord,
  { isAcknowledged }: PreviewSettings,
): Stamp {
  if (!isAcknowledged) return UNACKNOWLEDGED
  const token = formatToken({ incarnation: NO_INCARNATION, shard, epoch: 1, offset, attempt: 1 })
  return { attempt: 1, token }
}
