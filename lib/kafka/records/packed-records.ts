import { ByteRange } from './byte-range'
import { sizeOf } from './fetched-records'
import { RecordCursor } from './record-cursor'
import type { FetchedRecord, FetchedRecords } from '../log-source'

/** The records of an unpacked batch, which were read once without an error. */
export interface CheckedBatch {
  readonly bytes: Buffer
  /** Where the first record begins that was asked for. */
  readonly at: number
  /** Records with lower deltas were not asked for. */
  readonly fromDelta: number
  /** Number of the records that were asked for. */
  readonly count: number
  /** See `FetchedRecords.size`. */
  readonly size: number
  readonly offsetOf: (delta: number) => string
  readonly timestampOf: (delta: bigint | number) => number
}

/**
 * Records as bytes. Many thousands wait to be sent, and the garbage collector would copy the objects of each, so they
 * are read a second time instead.
 */
export class PackedRecords implements FetchedRecords {
  readonly #batch: CheckedBatch

  constructor(batch: CheckedBatch) {
    this.#batch = batch
  }

  get length(): number {
    return this.#batch.count
  }

  get size(): number {
    return this.#batch.size
  }

  [Symbol.iterator](): Iterator<FetchedRecord> {
    return new PackedIterator(this.#batch)
  }
}

const DONE: IteratorResult<FetchedRecord> = { done: true, value: undefined }

class PackedIterator implements Iterator<FetchedRecord> {
  readonly #batch: CheckedBatch
  readonly #cursor: RecordCursor
  #left: number

  constructor(batch: CheckedBatch) {
    this.#batch = batch
    this.#cursor = new RecordCursor(batch.bytes, batch.at)
    this.#left = batch.count
  }

  next(): IteratorResult<FetchedRecord> {
    if (this.#left === 0) return DONE
    this.#left--
    const { bytes, fromDelta, offsetOf, timestampOf } = this.#batch
    const cursor = this.#cursor
    cursor.next()
    while (cursor.offsetDelta < fromDelta) {
      cursor.skip()
      cursor.next()
    }
    cursor.readFields()
    const value = {
      offset: offsetOf(cursor.offsetDelta),
      key: rangeOf(bytes, cursor.keyAt, cursor.keyLength),
      value: rangeOf(bytes, cursor.valueAt, cursor.valueLength),
      timestamp: timestampOf(cursor.timestampDelta),
      headers: cursor.headers(),
      size: sizeOf(cursor.end - cursor.start, cursor.headerCount),
    }
    return { done: false, value }
  }
}

function rangeOf(bytes: Buffer, at: number, length: number): ByteRange | null {
  return length < 0 ? null : new ByteRange(bytes, at, length)
}
