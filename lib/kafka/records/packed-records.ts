import { ByteRange } from './byte-range'
import { sizeOf } from './fetched-records'
import type { LentBytes } from './lent-bytes'
import { RecordCursor } from './record-cursor'
import type { FetchedRecord, FetchedRecords, RecordHeader } from '../log-source'

/** Offset and timestamp of a record, by what its batch has in common. */
export interface RecordFields {
  offsetOf(delta: number): string
  timestampOf(delta: bigint | number): number
}

/** Records that follow each other in an unpacked batch, and were read once without an error. */
export interface CheckedRecords {
  readonly fields: RecordFields
  readonly lent: LentBytes
  /** Where the first record begins. */
  readonly at: number
  /** Number of the records. */
  readonly count: number
  /** See `FetchedRecords.size`. */
  readonly size: number
  /** Whether any of them has headers. */
  readonly hasHeaders: boolean
}

/**
 * Records as bytes. Many thousands wait to be sent, and the garbage collector would copy the objects of each, so they
 * are read a second time instead.
 */
export class PackedRecords implements FetchedRecords {
  readonly #fields: RecordFields
  readonly #lent: LentBytes
  readonly #cursor: RecordCursor
  readonly #hasHeaders: boolean
  #length: number
  #size: number
  /** Of the last record. SLS sends the name of a field as key, so that the next key is nearly always the same. */
  #key: ByteRange | null = null

  constructor({ fields, lent, at, count, size, hasHeaders }: CheckedRecords) {
    this.#fields = fields
    this.#lent = lent
    this.#cursor = new RecordCursor(lent.bytes, at)
    this.#length = count
    this.#size = size
    this.#hasHeaders = hasHeaders
  }

  get length(): number {
    return this.#length
  }

  get size(): number {
    return this.#size
  }

  take(count: number, use: (record: FetchedRecord) => void): void {
    let left = Math.min(count, this.#length)
    if (left === 0) return
    try {
      for (; left > 0; left--) use(this.#next())
    } finally {
      if (this.#length === 0) this.#lent.release()
    }
  }

  takeAll(): FetchedRecord[] {
    return Array.from({ length: this.#length }, () => this.#next())
  }

  #next(): FetchedRecord {
    const cursor = this.#cursor
    cursor.next()
    if (this.#hasHeaders) {
      cursor.readFields()
    } else {
      // What follows the value is not in the processor's cache before its text is made, and nothing needs it.
      cursor.readKeyAndValue()
      cursor.skip()
    }
    const record = new PackedRecord()
    record.offset = this.#fields.offsetOf(cursor.offsetDelta)
    record.key = this.#keyAt(cursor.keyAt, cursor.keyLength)
    record.value = this.#rangeOf(cursor.valueAt, cursor.valueLength)
    record.timestamp = this.#fields.timestampOf(cursor.timestampDelta)
    record.headers = cursor.headers()
    record.size = sizeOf(cursor.end - cursor.start, cursor.headerCount)
    this.#length--
    this.#size -= record.size
    return record
  }

  #keyAt(at: number, length: number): ByteRange | null {
    if (!this.#key?.isRepeatedAt(at, length)) this.#key = this.#rangeOf(at, length)
    return this.#key
  }

  #rangeOf(at: number, length: number): ByteRange | null {
    return length < 0 ? null : new ByteRange(this.#lent, at, length)
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
