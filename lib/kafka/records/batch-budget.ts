import { BatchTooLargeError, MAX_BATCH_BYTES } from './compression/limits'
import { decompress } from './compression/codecs'
import type { EventLoopShare } from '../event-loop'
import type { FetchedRecords } from '../log-source'
import type { Lender } from './lent-bytes'

/** The context in which one batch is read. */
export interface BatchContext {
  /** Records below this offset were not requested: the service sends whole batches. */
  readonly from: bigint
  readonly budget: ResponseBudget
  readonly share: EventLoopShare
  /** Lends the bytes of the response to the records that refer to them. */
  readonly lender: Lender
}

/** The decoded part of one batch. */
export interface BatchContent {
  readonly records: FetchedRecords
  /** Last offset of the decoded part, even if it holds no record. */
  readonly lastOffset: bigint
  /** Whether the budget of the response was used up; the rest of the batch is fetched again. */
  readonly isCutShort: boolean
}

/** The batch exceeds the rest of the budget. A later response begins with this batch. */
export class BudgetExceededError extends Error {
  override readonly name = 'BudgetExceededError'
}

/** The part of a response's budget that one batch uses. */
export class BatchBudget {
  readonly #budget: ResponseBudget
  /** The first batch of a response is read as far as possible; a later one wholly, or not at all. */
  readonly isFirst: boolean
  /** Most bytes that the records of this batch can have. */
  #bytes: number
  #records = 0
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
   * @throws BudgetExceededError, BatchTooLargeError
   */
  async unpack(codec: number, packed: Buffer, count: number): Promise<Buffer> {
    if (!this.isFirst && count > this.#budget.records) throw new BudgetExceededError()
    try {
      const limit = this.isFirst ? MAX_BATCH_BYTES : Math.min(MAX_BATCH_BYTES, this.#bytes)
      const bytes = await decompress(codec, packed, limit)
      if (!this.isFirst && bytes.length > this.#bytes) throw new BudgetExceededError()
      // An unreadable batch counts too, because its decompression took time and memory.
      this.#budget.bytes -= bytes.length
      if (bytes.length > this.#bytes) this.#bytes = MAX_PART_BYTES
      return bytes
    } catch (error) {
      if (!this.isFirst && error instanceof BatchTooLargeError) throw new BudgetExceededError()
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
      this.#records < this.#budget.records &&
      this.#usedBytes + size <= this.#bytes &&
      this.#usedHeaders + headers <= this.#budget.headers
    if (isWithin || (this.isFirst && this.#records === 0)) return true
    if (!this.isFirst) throw new BudgetExceededError()
    return false
  }

  /** Counts a record that was read. @param size in bytes */
  use(size: number, headers: number): void {
    this.#records++
    this.#usedBytes += size
    this.#usedHeaders += headers
  }

  /** Takes what was used from the budget of the response, once all records were read. */
  end(): void {
    this.#budget.records -= this.#records
    this.#budget.headers -= this.#usedHeaders
  }
}

/**
 * Most bytes that are decoded from one Fetch response; the rest is fetched again. A small response can
 * decompress to a gigabyte. Only a single batch or a single record can be larger.
 */
const MAX_DECODED_BYTES = 32 * 1_048_576
/** Bytes of a larger batch that are taken from one response; the rest is fetched again. */
const MAX_PART_BYTES = 16 * 1_048_576
/** The number of offsets of one log group in SLS. */
const MAX_RESPONSE_RECORDS = 131_072
const MAX_RESPONSE_HEADERS = 65_536

export class ResponseBudget {
  /** Bytes left for decompressed batches. */
  bytes = MAX_DECODED_BYTES
  records = MAX_RESPONSE_RECORDS
  headers = MAX_RESPONSE_HEADERS

  /** Nothing was read yet: the next batch is read, however large it is. */
  get isUntouched(): boolean {
    return this.bytes === MAX_DECODED_BYTES && this.records === MAX_RESPONSE_RECORDS
  }

  get isUsedUp(): boolean {
    return this.bytes <= 0 || this.records <= 0 || this.headers <= 0
  }
}
