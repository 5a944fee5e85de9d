import { BatchBudget, type BatchContent, type BatchContext } from './batch-budget'
import { CODEC_MASK, requireCodec, releaseBuffer } from './compression/codecs'
import { MAX_BATCH_BYTES } from './compression/limits'
import { joined, NO_RECORDS, sizeOf } from './fetched-records'
import { LentBytes } from './lent-bytes'
import { PackedRecords, type RecordFields } from './packed-records'
import { RecordCursor } from './record-cursor'
import { nextTurn } from '../event-loop'
import type { FetchedRecords } from '../log-source'

/** Where the fields of a record batch's header stand (kafka.apache.org, "Record Batch"). */
const AT = {
  length: 8,
  magic: 16,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  recordCount: 57,
  records: 61,
} as const

const LOG_APPEND_TIME = 0x08
const CONTROL = 0x20
const SMALLEST_RECORD = 7

/** Units of work between two checks of the event loop. */
const STEP = 500
/** More bytes are copied in pieces of about this size, so that their memory is freed piece by piece. */
const COPIED_PIECE_BYTES = 262_144

/** The last offset in the batch header, which is never compressed; null if the header is invalid. */
export function lastOffsetOf(batch: Buffer): bigint | null {
  if (batch.length < AT.records) return null
  const delta = batch.readInt32BE(AT.lastOffsetDelta)
  return delta < 0 ? null : batch.readBigInt64BE(0) + BigInt(delta)
}

/** Reads a batch of format 2, used since Kafka 0.11. @param length the length that the batch announces */
export async function readRecordBatch(
  batch: Buffer,
  length: number,
  { from, budget, share, lender }: BatchContext,
): Promise<BatchContent> {
  const codec = checkHeader(batch, length)
  const firstOffset = batch.readBigInt64BE(0)
  const lastOffset = firstOffset + BigInt(batch.readInt32BE(AT.lastOffsetDelta))
  const count = batch.readInt32BE(AT.recordCount)
  // Control records mark transactions and hold no data.
  const isControl = (batch.readInt16BE(AT.attributes) & CONTROL) !== 0
  if (isControl || count === 0 || lastOffset < from) {
    return { records: NO_RECORDS, lastOffset, isCutShort: false }
  }
  const own = new BatchBudget(budget)
  const bytes = await own.unpack(codec, batch.subarray(AT.records), count)
  if (count * SMALLEST_RECORD > bytes.length) throw new RangeError(`a batch of ${count} records`)
  // The bytes of a compressed batch are its own.
  const lend = codec === 0 ? lender.lend.bind(lender) : (part: Buffer) => new LentBytes(part)
  const check = new BatchCheck(batch, bytes, from, own, lend)
  try {
    while (!check.readSome()) if (share.isUsedUp(STEP)) await nextTurn()
    own.end()
    const isCutShort = check.cutAfter !== null
    return { records: check.records(), lastOffset: check.cutAfter ?? lastOffset, isCutShort }
  } finally {
    if (codec !== 0 && check.isCopied) releaseBuffer(bytes)
  }
}

/** Checks the header, so that a false length cannot cause a large allocation. @returns the codec's number */
function checkHeader(batch: Buffer, length: number): number {
  if (batch.length < length) throw new Error(`cut off after ${batch.length} of ${length} bytes`)
  if (length < AT.records) throw new Error(`a batch of ${length} bytes`)
  const codec = batch.readInt16BE(AT.attributes) & CODEC_MASK
  requireCodec(codec)
  const count = batch.readInt32BE(AT.recordCount)
  const space = codec === 0 ? length - AT.records : MAX_BATCH_BYTES
  if (count < 0 || count * SMALLEST_RECORD > space) {
    throw new RangeError(`a batch of ${count} records`)
  }
  return codec
}

function copyOf(bytes: Buffer): LentBytes {
  return new LentBytes(Buffer.from(bytes))
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'))

/**
 * Reads the records of a batch once, before any is delivered. An error before the place where a budget cuts the batch
 * makes the whole batch unreadable. Of records that were not asked for, only the offset is read.
 */
class BatchCheck {
  readonly #cursor: RecordCursor
  readonly #budget: BatchBudget
  readonly #bytes: Buffer
  readonly #firstOffset: bigint
  readonly #fields: RecordFields
  readonly #lend: (bytes: Buffer) => LentBytes
  /** Deltas below it were not asked for. */
  readonly #fromDelta: number
  /** A part of a large batch must not keep all of it in memory. */
  readonly isCopied: boolean
  #left: number
  readonly #pieces: FetchedRecords[] = []
  #lastDelta = -1
  /** The records after the last piece. */
  #start = 0
  #end = 0
  #count = 0
  #size = 0
  #hasHeaders = false
  /** The last offset that was read, if more follows that has no room; else null. */
  cutAfter: bigint | null = null

  constructor(
    batch: Buffer,
    bytes: Buffer,
    from: bigint,
    budget: BatchBudget,
    lend: (bytes: Buffer) => LentBytes,
  ) {
    this.#lend = lend
    this.#cursor = new RecordCursor(bytes)
    this.#budget = budget
    this.#bytes = bytes
    this.#firstOffset = batch.readBigInt64BE(0)
    this.#fields = { offsetOf: offsets(this.#firstOffset), timestampOf: timestamps(batch) }
    this.#left = batch.readInt32BE(AT.recordCount)
    this.#fromDelta = Number(from - this.#firstOffset)
    this.isCopied = this.#fromDelta > 0 || !budget.isWhole(bytes.length, this.#left)
  }

  /** @returns whether it is at the end of what can be read */
  readSome(): boolean {
    const cursor = this.#cursor
    for (let work = 0; work < STEP && this.#left > 0; work++) {
      cursor.next()
      const { start, end, offsetDelta } = cursor
      if (offsetDelta < this.#fromDelta) {
        cursor.skip()
        this.#pack()
      } else {
        cursor.readFields()
        const { headerCount } = cursor
        const bytes = end - start
        if (!this.#budget.hasRoomFor(bytes, headerCount)) return this.#cut(offsetDelta)
        this.#budget.use(bytes, headerCount)
        if (this.#count === 0) this.#start = start
        this.#end = end
        this.#count++
        this.#size += sizeOf(bytes, headerCount)
        this.#lastDelta = offsetDelta
        this.#hasHeaders ||= headerCount > 0
        work += headerCount
        if (this.isCopied && end - this.#start >= COPIED_PIECE_BYTES) this.#pack()
      }
      this.#left--
    }
    return this.#left === 0
  }

  /** The records that were asked for and have room. */
  records(): FetchedRecords {
    this.#pack()
    return joined(this.#pieces)
  }

  /** Ends a piece: a record that was not asked for follows, or a copy has its size. */
  #pack(): void {
    if (this.#count === 0) return
    const [start, end] = [this.#start, this.#end]
    const isCopied = this.isCopied
    this.#pieces.push(
      new PackedRecords({
        fields: this.#fields,
        lent: isCopied ? copyOf(this.#bytes.subarray(start, end)) : this.#lend(this.#bytes),
        at: isCopied ? 0 : start,
        count: this.#count,
        size: this.#size,
        hasHeaders: this.#hasHeaders,
      }),
    )
    this.#count = 0
    this.#size = 0
    this.#hasHeaders = false
  }

  /** The next response begins after the last record, so that this one must have a later offset. */
  #cut(delta: number): true {
    if (delta <= this.#lastDelta) throw new RangeError('offsets that do not ascend')
    this.cutAfter = this.#firstOffset + BigInt(this.#lastDelta)
    return true
  }
}

/**
 * Texts of offsets, quick for ascending ones. Making each from its number would nearly double the time to read a
 * record.
 */
function offsets(first: bigint): (delta: number) => string {
  let hundred = ''
  let begin = Infinity
  return (delta) => {
    const digits = TWO_DIGITS[delta - begin]
    if (digits !== undefined) return hundred + digits
    const offset = first + BigInt(delta)
    const text = String(offset)
    hundred = text.slice(0, -2)
    // A hostile batch can have negative offsets.
    begin = offset < 100n ? Infinity : delta - Number(offset % 100n)
    return text
  }
}

/** Exact up to 2^53 ms, which is in the year 287,396. */
function timestamps(batch: Buffer): (delta: bigint | number) => number {
  if ((batch.readInt16BE(AT.attributes) & LOG_APPEND_TIME) !== 0) {
    const ofAll = Number(batch.readBigInt64BE(AT.maxTimestamp))
    return () => ofAll
  }
  const first = Number(batch.readBigInt64BE(AT.firstTimestamp))
  return (delta) => first + Number(delta)
}
