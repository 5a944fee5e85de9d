import type { Bytes, FetchedRecord, RecordHeader } from '../log-source'
import { ByteRange } from './byte-range'

/** What the records of one batch share. */
export interface RecordBatch {
  readonly bytes: Buffer
  offsetOf(delta: number): string
  timestampOf(delta: bigint | number): number
}

/** Where the fields of a record stand in its batch. Lengths in bytes; negative for null. */
export interface RecordFields {
  readonly offsetDelta: number
  readonly timestampDelta: bigint | number
  readonly keyAt: number
  readonly keyLength: number
  readonly valueAt: number
  readonly valueLength: number
  /** Null if there are none. */
  readonly headers: readonly RecordHeader[] | null
}

/**
 * A record that makes its fields when they are asked for: many thousands wait to be sent, and the garbage collector
 * copies each object of theirs.
 */
export class BatchRecord implements FetchedRecord {
  readonly headers: readonly RecordHeader[] | null
  readonly #batch: RecordBatch
  readonly #offsetDelta: number
  readonly #timestampDelta: bigint | number
  readonly #keyAt: number
  readonly #keyLength: number
  readonly #valueAt: number
  readonly #valueLength: number

  constructor(batch: RecordBatch, fields: RecordFields) {
    this.headers = fields.headers
    this.#batch = batch
    this.#offsetDelta = fields.offsetDelta
    this.#timestampDelta = fields.timestampDelta
    this.#keyAt = fields.keyAt
    this.#keyLength = fields.keyLength
    this.#valueAt = fields.valueAt
    this.#valueLength = fields.valueLength
  }

  get offset(): string {
    return this.#batch.offsetOf(this.#offsetDelta)
  }

  get timestamp(): number {
    return this.#batch.timestampOf(this.#timestampDelta)
  }

  get key(): Bytes | null {
    return this.#range(this.#keyAt, this.#keyLength)
  }

  get value(): Bytes | null {
    return this.#range(this.#valueAt, this.#valueLength)
  }

  #range(at: number, length: number): ByteRange | null {
    return length < 0 ? null : new ByteRange(this.#batch.bytes, at, length)
  }
}
