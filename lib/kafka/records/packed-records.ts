import { ByteRange } from './byte-range'
import { sizeOf } from './fetched-records'
import { RecordCursor } from './record-cursor'
import type { FetchedRecord, FetchedRecords, RecordHeader } from '../log-source'

/** Offset and timestamp of a record, by what its batch has in common. */
export interface RecordFields {
  offsetOf(delta: number): string
  timestampOf(delta: bigint | number): number
}

/** Records that follow each other in an unpacked batch, and were read once without an error. */
export interface CheckedRecords extends RecordFields {
  readonly bytes: Buffer
  /** Where the first record begins. */
  readonly at: number
  /** Number of the records. */
  readonly count: number
  /** See `FetchedRecords.size`. */
  readonly size: number
}

/**
 * Records as bytes. Many thousands wait to be sent, and the garbage collector would copy the objects of each, so they
 * are read a second time instead.
 */
export class PackedRecords implements FetchedRecords {
  readonly #records: CheckedRecords

  constructor(records: CheckedRecords) {
    this.#records = records
  }

  get length(): number {
    return this.#records.count
  }

  get size(): number {
    return this.#records.size
  }

  [Symbol.iterator](): Iterator<FetchedRecord> {
    return new PackedIterator(this.#records)
  }
}

const DONE: IteratorResult<FetchedRecord> = { done: true, value: undefined }

class PackedIterator implements Iterator<FetchedRecord> {
  readonly #records: CheckedRecords
  readonly #cursor: RecordCursor
  #left: number

  constructor(records: CheckedRecords) {
    this.#records = records
    this.#cursor = new RecordCursor(records.bytes, records.at)
    this.#left = records.count
  }

  next(): IteratorResult<FetchedRecord> {
    if (this.#left === 0) return DONE
    this.#left--
    const records = this.#records
    const { bytes } = records
    const cursor = this.#cursor
    cursor.next()
    cursor.readFields()
    const { offsetDelta, timestampDelta, keyAt, keyLength, valueAt, valueLength } = cursor
    const value = new PackedRecord()
    value.offset = records.offsetOf(offsetDelta)
    value.key = rangeOf(bytes, keyAt, keyLength)
    value.value = rangeOf(bytes, valueAt, valueLength)
    value.timestamp = records.timestampOf(timestampDelta)
    value.headers = cursor.headers()
    value.size = sizeOf(cursor.end - cursor.start, cursor.headerCount)
    return { done: false, value }
  }
}

/** A class, because V8 makes the objects of a literal long-lived: see `NO_RECORD` in lib/delivery/read-record.ts. */
class PackedRecord implements FetchedRecord {
  offset = ''
  key: ByteRange | null = null
  value: ByteRange | null = null
  timestamp = 0
  headers: readonly RecordHeader[] | null = null
  size = 0
}

function rangeOf(bytes: Buffer, at: number, length: number): ByteRange | null {
  return length < 0 ? null : new ByteRange(bytes, at, length)
}
