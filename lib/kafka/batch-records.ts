import { BatchTooLargeError, MAX_BATCH_BYTES } from './compression/limits'
import { decompress } from './compression/codecs'
import type { EventLoopShare } from './event-loop'
import { MAX_PART_BYTES, type ResponseBudget } from './response-budget'
import type { FetchedRecord } from './source'

/** What the reading of one batch depends on, beside its bytes. */
export interface BatchContext {
  /** Records before this offset were not asked for: a batch comes whole. */
  readonly from: bigint
  readonly budget: ResponseBudget
  readonly share: EventLoopShare
}

/** What was read of one batch. */
export interface BatchContent {
  readonly records: readonly FetchedRecord[]
  /** Last offset of what was read, also where it holds no record. */
  readonly lastOffset: bigint
  /** The budget of the response ended it; the rest of the batch is fetched again. */
  readonly isCutShort: boolean
}

/** The batch does not fit into what is left of the budget: it is the first one of a later response. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError'
}

/** Collects the records of one batch, as far as the budget of its response goes. */
export class BatchRecords {
  readonly records: FetchedRecord[] = []
  readonly #budget: ResponseBudget
  /** The first batch of a response is read as far as possible; a later one wholly, or not at all. */
  readonly isFirst: boolean
  /** That its records may have in all. */
  #bytes: number
  #usedBytes = 0
  #usedHeaders = 0

  constructor(budget: ResponseBudget) {
    this.#budget = budget
    this.isFirst = budget.isUntouched
    this.#bytes = budget.bytes
  }

  /**
   * @param count of records, as the batch announces it
   * @param codec its number
   * @throws NoRoomError, BatchTooLargeError
   */
  async unpack(codec: number, packed: Buffer, count: number): Promise<Buffer> {
    if (!this.isFirst && count > this.#budget.records) throw new NoRoomError()
    try {
      const limit = this.isFirst ? MAX_BATCH_BYTES : Math.min(MAX_BATCH_BYTES, this.#bytes)
      const bytes = await decompress(codec, packed, limit)
      if (!this.isFirst && bytes.length > this.#bytes) throw new NoRoomError()
      // Also of a batch that turns out to be unreadable: what was unpacked took time and memory.
      this.#budget.bytes -= bytes.length
      if (bytes.length > this.#bytes) this.#bytes = MAX_PART_BYTES
      return bytes
    } catch (error) {
      if (!this.isFirst && error instanceof BatchTooLargeError) throw new NoRoomError()
      throw error
    }
  }

  /** @param size of the whole batch when unpacked @param count of its records */
  isWhole(size: number, count: number): boolean {
    return size <= this.#bytes && count <= this.#budget.records
  }

  /** A single record is taken however large it is. @param size in bytes */
  hasRoomFor(size: number, headers: number): boolean {
    const isWithin =
      this.records.length < this.#budget.records &&
      this.#usedBytes + size <= this.#bytes &&
      this.#usedHeaders + headers <= this.#budget.headers
    if (isWithin || (this.isFirst && this.records.length === 0)) return true
    if (!this.isFirst) throw new NoRoomError()
    return false
  }

  add(record: FetchedRecord, size: number, headers: number): void {
    this.records.push(record)
    this.#usedBytes += size
    this.#usedHeaders += headers
  }

  /** @param lastOffset of what was read */
  content(lastOffset: bigint, isCutShort: boolean): BatchContent {
    this.#budget.records -= this.records.length
    this.#budget.headers -= this.#usedHeaders
    return { records: this.records, lastOffset, isCutShort }
  }
}
