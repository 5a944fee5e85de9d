import { formatToken, tokenPrefix } from './token'
import type { SlsKafkaError } from '../errors'
import type { LatestRecord } from '../kafka/latest-records'
import type { Format } from '../sls/formats'
import { decodeValue, readRecord, type DecodedValue, type ReadRecord } from './read-record'
import {
  batchMessage,
  recordMessage,
  UNACKNOWLEDGED,
  type Message,
  type Origin,
  type Stamp,
} from './message'

/** The settings that determine a message. */
export interface PreviewSettings extends Origin {
  readonly format: Format
  /** Most records of a message batch; null if records are sent one by one. */
  readonly batchSize: number | null
  readonly isAcknowledged: boolean
}

export interface PreviewedMessage {
  readonly message: Message
  /** Why the message goes to Catch nodes instead; null if it goes to the flow. */
  readonly error: SlsKafkaError | null
}

/** No membership has this id, so a copied token acknowledges nothing. */
const NO_MEMBERSHIP = '0'

interface Previewed extends DecodedValue {
  readonly shard: number
  readonly record: ReadRecord
}

/**
 * Returns the messages that a flow would receive for these records, newest first. A message batch has records
 * of one shard, and each undecodable record is a message of its own, as when they are sent.
 */
export function previewMessages(
  records: readonly LatestRecord[],
  settings: PreviewSettings,
): PreviewedMessage[] {
  const { format, batchSize } = settings
  const decoded = records.map((peeked): Previewed => {
    const { shard } = peeked
    const record = readRecord(peeked, shard, format)
    return { shard, record, ...decodeValue(record, shard, format) }
  })
  const single = ({ shard, record, payload, error }: Previewed): PreviewedMessage => ({
    message: recordMessage(record, payload, shard, stampOf(shard, settings), settings),
    error,
  })
  if (batchSize === null) return decoded.map(single)
  const failed = decoded.filter(({ error }) => error)
  return [...batches(decoded, batchSize, settings), ...failed.map(single)]
}

function batches(
  decoded: readonly Previewed[],
  size: number,
  settings: PreviewSettings,
): PreviewedMessage[] {
  const byShard = new Map<number, Previewed[]>()
  for (const previewed of decoded) {
    const { shard, error } = previewed
    if (!error) byShard.set(shard, [...(byShard.get(shard) ?? []), previewed])
  }
  return [...byShard].map(([shard, newest]) => {
    const chosen = newest.sort(byOffset).slice(-size)
    const records = chosen.map(({ record }) => record)
    const payloads = chosen.map(({ payload }) => payload)
    const stamp = stampOf(shard, settings)
    return { message: batchMessage(records, payloads, shard, stamp, settings), error: null }
  })
}

function byOffset({ record: one }: Previewed, { record: other }: Previewed): number {
  return BigInt(one.offset) < BigInt(other.offset) ? -1 : 1
}

function stampOf(shard: number, { isAcknowledged }: PreviewSettings): Stamp {
  if (!isAcknowledged) return UNACKNOWLEDGED
  const prefix = tokenPrefix({ membership: NO_MEMBERSHIP, shard, assignment: 1 })
  return { attempt: 1, token: formatToken(prefix, 0, 1) }
}
