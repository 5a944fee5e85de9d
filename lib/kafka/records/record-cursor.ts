import { ByteCursor } from './byte-cursor'
import type { RecordHeader } from '../log-source'

/** Most headers of one record. A batch has room for 33 million empty headers. */
const MAX_HEADERS = 65_536

/** Finds one record after the other in an unpacked batch (kafka.apache.org, "Record"), and makes no object of them. */
export class RecordCursor {
  readonly #cursor: ByteCursor
  /** Where the record begins and ends. */
  start = 0
  end = 0
  timestampDelta: bigint | number = 0
  offsetDelta = 0
  keyAt = 0
  /** Negative for null, like the length of the value. */
  keyLength = -1
  valueAt = 0
  valueLength = -1
  headerCount = 0
  #headersAt = 0

  /** @param at where the next record begins */
  constructor(bytes: Buffer, at = 0) {
    this.#cursor = new ByteCursor(bytes)
    this.#cursor.at = at
  }

  /** Goes to the next record and reads its deltas. Call `readFields` or `skip` before the next one. */
  next(): void {
    const cursor = this.#cursor
    this.start = cursor.at
    const length = cursor.varInt()
    if (length < 0) throw new RangeError(`a record of ${length} bytes`)
    this.end = cursor.at + length
    cursor.at++ // Attributes: none are defined.
    this.timestampDelta = cursor.varLong()
    this.offsetDelta = cursor.varInt()
  }

  skip(): void {
    this.#cursor.skip(this.end - this.#cursor.at)
  }

  /** Reads where key and value are. Call `skip` before the next record. */
  readKeyAndValue(): void {
    const cursor = this.#cursor
    this.keyLength = cursor.varInt()
    this.keyAt = cursor.at
    cursor.skip(Math.max(0, this.keyLength))
    this.valueLength = cursor.varInt()
    this.valueAt = cursor.at
    cursor.skip(Math.max(0, this.valueLength))
  }

  /** Reads where all fields are. */
  readFields(): void {
    const cursor = this.#cursor
    this.readKeyAndValue()
    this.headerCount = Math.max(0, cursor.varInt())
    this.#headersAt = cursor.at
    if (this.headerCount > 0) this.#skipHeaders()
    if (cursor.at !== this.end) {
      throw new RangeError('the length of a record does not match its content')
    }
  }

  /** The headers of the record; null if there are none. */
  headers(): readonly RecordHeader[] | null {
    if (this.headerCount === 0) return null
    const cursor = this.#cursor
    cursor.at = this.#headersAt
    return Array.from({ length: this.headerCount }, () => [
      cursor.bytes()?.toString() ?? '',
      cursor.bytes(),
    ])
  }

  #skipHeaders(): void {
    if (this.headerCount > MAX_HEADERS) {
      throw new RangeError(`a record of ${this.headerCount} headers`)
    }
    const cursor = this.#cursor
    for (let left = 2 * this.headerCount; left > 0; left--)
      cursor.skip(Math.max(0, cursor.varInt()))
  }
}
