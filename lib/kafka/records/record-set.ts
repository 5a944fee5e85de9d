import { SlsKafkaError } from '../../errors'
import { BudgetExceededError, type BatchContext } from './batch-budget'
import { CODEC_MASK, UnknownCodecError } from './compression/codecs'
import { joined } from './fetched-records'
import { readMessage } from './message-set'
import { lastOffsetOf, readRecordBatch } from './record-batch'
import { nextTurn } from '../event-loop'
import type { FetchedRecords } from '../log-source'

/** The decoded records of one shard in one response. */
export interface RecordSet {
  readonly records: FetchedRecords
  /** Last decoded offset, even if it holds no record; null if nothing was decoded. */
  readonly lastOffset: bigint | null
  /** The batch at which decoding stopped; null if all batches were decoded. */
  readonly unreadable: UnreadableBatchError | null
  /**
   * Whether a limit of bytes or the budget of the response cut the shard short, so that more can follow.
   * Also true for an empty shard after shards that filled the response.
   */
  readonly isCutShort: boolean
  /** Numbers of the codecs of the batches; 0 is none. */
  readonly codecs: ReadonlySet<number>
  /** Format versions of the batches: 2 since Kafka 0.11. */
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
  const parts: FetchedRecords[] = []
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
      if (content.records.length > 0) parts.push(content.records)
      const codec =
        (batch[format === FORMAT ? ATTRIBUTES_AT.new : ATTRIBUTES_AT.old] ?? 0) & CODEC_MASK
      codecs.add(codec)
      formats.add(format)
      ;({ lastOffset, isCutShort } = content)
      const work = content.records.length + (codec === 0 ? WORK.plain : WORK.compressed)
      if (context.share.isUsedUp(work)) await nextTurn()
    } catch (error) {
      if (error instanceof BudgetExceededError) isCutShort = true
      else unreadable = new UnreadableBatchError(offset, error, spanEnd(batch))
    }
    at = end
  }
  return { records: joined(parts), lastOffset, unreadable, isCutShort, codecs, formats }
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

/** Returns the span of a batch. A batch without a complete length field ends beyond the buffer. */
function spanAt(bytes: Buffer, at: number, from: bigint): { offset: bigint; end: number } {
  if (bytes.length - at < UNCOUNTED) return { offset: from, end: at + UNCOUNTED }
  const offset = bytes.readBigInt64BE(at)
  return { offset, end: at + UNCOUNTED + bytes.readInt32BE(at + LENGTH_AT) }
}

/** @throws Error for an unknown format */
function formatOf(batch: Buffer): number {
  // `readRecordBatch` reports a batch that is too short.
  const format = batch.length > FORMAT_AT ? batch.readInt8(FORMAT_AT) : FORMAT
  if (format < 0 || format > FORMAT) throw new Error(`unknown record format ${format}`)
  return format
}

function spanEnd(batch: Buffer): bigint | null {
  return batch.length > FORMAT_AT && batch.readInt8(FORMAT_AT) === FORMAT
    ? lastOffsetOf(batch)
    : null
}

/** A record batch that cannot be decoded. Batches after it are not read, because records are delivered in order. */
export class UnreadableBatchError extends Error {
  override readonly name = 'UnreadableBatchError'
  /** Where it begins. */
  readonly offset: bigint
  /** Last offset of the batch; null if its header cannot be read. */
  readonly lastOffset: bigint | null

  constructor(offset: bigint, cause: unknown, lastOffset: bigint | null = null) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.offset = offset
    this.lastOffset = lastOffset
  }
}

/** Why a shard cannot be read beyond a certain offset. */
export function unreadableBatch(shard: number, error: UnreadableBatchError): SlsKafkaError {
  const { cause, message: detail } = error
  const params = { shard, offset: String(error.offset) }
  return cause instanceof UnknownCodecError
    ? new SlsKafkaError('SLS_CODEC_UNSUPPORTED', { ...params, codec: cause.codec }, error)
    : new SlsKafkaError('SLS_BATCH_UNREADABLE', { ...params, detail }, error)
}
