import { NoRoomError, type BatchContext } from './batch-records'
import { CODEC_MASK } from './compression/codecs'
import { readMessage } from './message-set'
import { lastOffsetOf, readRecordBatch } from './record-batch'
import { nextTurn } from './event-loop'
import type { FetchedRecord } from './source'
import { UnreadableBatchError } from './unreadable-batch'

/** What was read of the records that one response brought of one shard. */
export interface RecordSet {
  readonly records: FetchedRecord[]
  /** Last offset of what was read, also where it holds no record; null if nothing was read. */
  readonly lastOffset: bigint | null
  /** Why it ends there although more was sent. */
  readonly unreadable: UnreadableBatchError | null
  /**
   * A limit of bytes, or the budget of the response, ended it: more of this shard is there. Also where
   * nothing came behind shards that have filled the response, for there may have been no room.
   */
  readonly isCutShort: boolean
  /** Numbers of the codecs of the batches; 0 is none. */
  readonly codecs: ReadonlySet<number>
  /** Of the batches: 2 since Kafka 0.11. */
  readonly formats: ReadonlySet<number>
}

/** All formats have these at the same place: offset, length, and the number of the format. */
const LENGTH_AT = 8
const FORMAT_AT = 16
/** Bytes of the offset and the length, which the length does not count. */
const UNCOUNTED = 12
const ATTRIBUTES_AT = { old: 17, new: 22 }
const FORMAT = 2

/** Units of work that a batch costs beside its records. */
const WORK = { plain: 20, compressed: 500 }

/** Reads batch after batch, up to the first that cannot be read or that the budget has no room for. */
export async function readRecordSet(bytes: Buffer, context: BatchContext): Promise<RecordSet> {
  const records: FetchedRecord[] = []
  const codecs = new Set<number>()
  const formats = new Set<number>()
  let lastOffset: bigint | null = null
  let unreadable: UnreadableBatchError | null = null
  let isCutShort = false
  for (let at = 0; at < bytes.length && !isCutShort && !unreadable;) {
    const { offset, end } = spanAt(bytes, at, context.from)
    // A response may end within a batch, because it is cut at its largest size; but not in the first.
    if (context.budget.isUsedUp || (end > bytes.length && at > 0)) {
      isCutShort = true
      break
    }
    const batch = bytes.subarray(at, end)
    try {
      const format = formatOf(batch)
      const read = format === FORMAT ? readRecordBatch : readMessage
      const content = await read(batch, end - at, context)
      for (const record of content.records) records.push(record)
      const codec =
        (batch[format === FORMAT ? ATTRIBUTES_AT.new : ATTRIBUTES_AT.old] ?? 0) & CODEC_MASK
      codecs.add(codec)
      formats.add(format)
      ;({ lastOffset, isCutShort } = content)
      const work = content.records.length + (codec === 0 ? WORK.plain : WORK.compressed)
      if (context.share.isUsedUp(work)) await nextTurn()
    } catch (error) {
      if (error instanceof NoRoomError) isCutShort = true
      else unreadable = new UnreadableBatchError(offset, error, spanEnd(batch))
    }
    at = end
  }
  return { records, lastOffset, unreadable, isCutShort, codecs, formats }
}

/**
 * The offset that follows the last whole batch, by the headers alone, which are never compressed. Reading can
 * end before it: at a batch that is unreadable, or for which the budget of a response has no room.
 *
 * @returns null if there is no whole batch
 */
export function offsetAfter(bytes: Buffer): bigint | null {
  let last: bigint | null = null
  for (let at = 0; bytes.length - at >= UNCOUNTED;) {
    const { offset, end } = spanAt(bytes, at, 0n)
    if (end <= at + UNCOUNTED || end > bytes.length) break
    last = spanEnd(bytes.subarray(at, end)) ?? offset
    at = end
  }
  return last === null ? null : last + 1n
}

/** One that is cut off before its length ends beyond the bytes. */
function spanAt(bytes: Buffer, at: number, from: bigint): { offset: bigint; end: number } {
  if (bytes.length - at < UNCOUNTED) return { offset: from, end: at + UNCOUNTED }
  const offset = bytes.readBigInt64BE(at)
  return { offset, end: at + UNCOUNTED + bytes.readInt32BE(at + LENGTH_AT) }
}

/** @throws if there is none, or none that is known */
function formatOf(batch: Buffer): number {
  // What is too short to have a format is said by the reader of batches.
  const format = batch.length > FORMAT_AT ? batch.readInt8(FORMAT_AT) : FORMAT
  if (format < 0 || format > FORMAT) throw new Error(`unknown record format ${format}`)
  return format
}

function spanEnd(batch: Buffer): bigint | null {
  return batch.length > FORMAT_AT && batch.readInt8(FORMAT_AT) === FORMAT
    ? lastOffsetOf(batch)
    : null
}
