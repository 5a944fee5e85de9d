import { BatchRecord, type RecordBatch } from './batch-record'
import { BatchRecords, type BatchContent, type BatchContext } from './batch-records'
import { ByteCursor } from './byte-cursor'
import { CODEC_MASK, requireCodec, releaseBuffer } from './compression/codecs'
import { MAX_BATCH_BYTES } from './compression/limits'
import { nextTurn } from '../event-loop'
import type { RecordHeader } from '../log-source'

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
/** Most headers of one record. A batch has room for 33 million empty headers. */
const MAX_HEADERS = 65_536

/** Units of work between two checks of the event loop. */
const STEP = 500

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
  { from, budget, share }: BatchContext,
): Promise<BatchContent> {
  const codec = checkHeader(batch, length)
  const firstOffset = batch.readBigInt64BE(0)
  const lastOffset = firstOffset + BigInt(batch.readInt32BE(AT.lastOffsetDelta))
  const count = batch.readInt32BE(AT.recordCount)
  const records = new BatchRecords(budget)
  // Control records mark transactions and hold no data.
  const isControl = (batch.readInt16BE(AT.attributes) & CONTROL) !== 0
  if (isControl || count === 0 || lastOffset < from) return records.content(lastOffset, false)
  const bytes = await records.unpack(codec, batch.subarray(AT.records), count)
  if (count * SMALLEST_RECORD > bytes.length) throw new RangeError(`a batch of ${count} records`)
  const reader = new RecordReader(batch, bytes, from, records)
  try {
    while (!reader.readSome()) if (share.isUsedUp(STEP)) await nextTurn()
  } finally {
    if (codec !== 0 && reader.isCopied) releaseBuffer(bytes)
  }
  return records.content(reader.cutAfter ?? lastOffset, reader.cutAfter !== null)
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

const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'))

class RecordReader {
  readonly #cursor: ByteCursor
  readonly #records: BatchRecords
  readonly #batch: RecordBatch
  readonly #firstOffset: bigint
  /** Deltas below it were not asked for. */
  readonly #fromDelta: number
  /** A part of a large batch must not keep all of it in memory. */
  readonly isCopied: boolean
  #left: number
  #lastDelta = -1
  /** The last offset that was read, if more follows that has no room; else null. */
  cutAfter: bigint | null = null

  constructor(batch: Buffer, bytes: Buffer, from: bigint, records: BatchRecords) {
    this.#cursor = new ByteCursor(bytes)
    this.#records = records
    this.#firstOffset = batch.readBigInt64BE(0)
    this.#batch = {
      bytes,
      offsetOf: offsets(this.#firstOffset),
      timestampOf: timestamps(batch),
    }
    this.#left = batch.readInt32BE(AT.recordCount)
    this.#fromDelta = from > this.#firstOffset ? Number(from - this.#firstOffset) : -Infinity
    this.isCopied = this.#fromDelta > 0 || !records.isWhole(bytes.length, this.#left)
  }

  /** @returns whether it is at the end of what can be read */
  readSome(): boolean {
    const cursor = this.#cursor
    for (let work = 0; work < STEP; work++) {
      if (this.#left === 0) return true
      const start = cursor.at
      const length = cursor.varInt()
      if (length < 0) throw new RangeError(`a record of ${length} bytes`)
      const end = cursor.at + length
      cursor.at++ // Attributes: none are defined.
      const timestampDelta = cursor.varLong()
      const offsetDelta = cursor.varInt()
      if (offsetDelta < this.#fromDelta) cursor.skip(end - cursor.at)
      else {
        const keyLength = cursor.varInt()
        const keyAt = cursor.at
        cursor.skip(Math.max(0, keyLength))
        const valueLength = cursor.varInt()
        const valueAt = cursor.at
        cursor.skip(Math.max(0, valueLength))
        const headers = this.#headers()
        if (cursor.at !== end)
          throw new RangeError('the length of a record does not match its content')
        const headerCount = headers?.length ?? 0
        const size = end - start
        if (!this.#records.hasRoomFor(size, headerCount)) return this.#cut(offsetDelta)
        // Positions in a copy count from the beginning of the record.
        const base = this.isCopied ? start : 0
        const record = new BatchRecord(this.isCopied ? this.#copied(start, end) : this.#batch, {
          keyAt: keyAt - base,
          keyLength,
          valueAt: valueAt - base,
          valueLength,
          offsetDelta,
          timestampDelta,
          headers,
        })
        this.#records.add(record, size, headerCount)
        this.#lastDelta = offsetDelta
        work += headerCount
      }
      this.#left--
    }
    return this.#left === 0
  }

  /** A batch of its own for a record, which does not keep the large one in memory. */
  #copied(start: number, end: number): RecordBatch {
    return { ...this.#batch, bytes: Buffer.from(this.#batch.bytes.subarray(start, end)) }
  }

  /** The next response begins after the last record, so that this one must have a later offset. */
  #cut(delta: number): true {
    if (delta <= this.#lastDelta) throw new RangeError('offsets that do not ascend')
    this.cutAfter = this.#firstOffset + BigInt(this.#lastDelta)
    return true
  }

  #headers(): readonly RecordHeader[] | null {
    const count = this.#cursor.varInt()
    if (count <= 0) return null
    if (count > MAX_HEADERS) throw new RangeError(`a record of ${count} headers`)
    const headers: RecordHeader[] = []
    for (let left = count; left > 0; left--) {
      const name = this.#cursor.bytes()?.toString() ?? ''
      const value = this.#cursor.bytes()
      headers.push([name, value && this.isCopied ? Buffer.from(value) : value])
    }
    return headers
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
