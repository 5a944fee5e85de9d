import type { BatchLimits } from '../config/consumer-options'
import type { FetchedRecord, FetchedRecords } from '../kafka/log-source'
import { RecordQueue } from './record-queue'
import type { ShardDelay } from './shard-delay'
import { Throughput } from '../throughput'

/** Why a shard is not fetched: its queue or window is full, or the user has paused it. */
export type PauseReason = 'full' | 'user'

/** One assigned shard: its records between fetch and flow, and its position. */
export class ShardQueue {
  readonly shard: number
  readonly delay: ShardDelay
  readonly throughput = new Throughput()
  readonly #records = new RecordQueue()
  readonly #pauses = new Set<PauseReason>()
  /** Monotonic time since which the oldest queued record can be sent. */
  #waitingSinceMs = 0
  #lastFetchAt: number | null = null
  #lastSent: string | null = null
  #fetchedTo: bigint | null = null
  /** How many of the queued records were fetched before the offsets were reset. */
  #beforeReset = 0

  constructor(shard: number, delay: ShardDelay) {
    this.shard = shard
    this.delay = delay
  }

  /** Records queued. */
  get length(): number {
    return this.#records.length
  }

  /** Memory of the queued records, in bytes; approximate. */
  get bytes(): number {
    return this.#records.bytes
  }

  /** Wall time of the last response to a fetch of the shard, also without records; null if there was none. */
  get lastFetchAt(): number | null {
    return this.#lastFetchAt
  }

  /** The offset after all fetched records: the position. Null before the first record batch. */
  get fetchedTo(): bigint | null {
    return this.#fetchedTo
  }

  /**
   * The offset after all sent records; null before the first one. With an empty queue it includes offsets at
   * the end of a record batch that hold no record.
   */
  get sentTo(): bigint | null {
    if (this.length === 0) return this.#fetchedTo
    return this.#lastSent === null ? null : BigInt(this.#lastSent) + 1n
  }

  isPausedBy(reason: PauseReason): boolean {
    return this.#pauses.has(reason)
  }

  /** @returns whether the shard was fetched until now */
  pause(reason: PauseReason): boolean {
    const wasFetched = this.#pauses.size === 0
    this.#pauses.add(reason)
    return wasFetched
  }

  /** @returns whether the shard is fetched from now on */
  resume(reason: PauseReason): boolean {
    return this.#pauses.delete(reason) && this.#pauses.size === 0
  }

  /**
   * Queues the records of a fetch response.
   *
   * @param next the offset after the record batch
   * @param nowMs monotonic
   * @param wallTime milliseconds since 1970
   */
  push(records: FetchedRecords, next: bigint, nowMs: number, wallTime: number): void {
    this.#lastFetchAt = wallTime
    this.delay.notEmpty()
    if (this.length === 0) this.#waitingSinceMs = nowMs
    this.#records.push(records)
    this.#fetchedTo = next
  }

  /** Monotonic time at which the next message is due, which can be past; null if nothing is queued. */
  dueAtMs(limits: BatchLimits): number | null {
    const { length } = this
    if (length === 0) return null
    // A full queue does not wait for a whole batch, because nothing more is fetched.
    if (length >= limits.size || this.isPausedBy('full')) return this.#waitingSinceMs
    return this.#waitingSinceMs + limits.waitMs
  }

  /**
   * Takes out the oldest records, which count as sent: see `FetchedRecords.take`.
   *
   * @param nowMs monotonic
   * @returns their number, at most `count`
   */
  take(count: number, nowMs: number, use: (record: FetchedRecord) => void): number {
    let last: string | null = null
    let bytes = 0
    const taken = this.#records.take(count, (record) => {
      last = record.offset
      bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0)
      use(record)
    })
    // Records from before a reset say nothing about the offsets after it.
    if (taken > this.#beforeReset) this.#lastSent = last
    this.#beforeReset = Math.max(0, this.#beforeReset - taken)
    if (this.length === 0) this.delay.allSent()
    this.#waitingSinceMs = nowMs
    this.throughput.count(taken, bytes, nowMs)
    return taken
  }

  /** Handles an empty fetch response at the end of the shard. @param wallTime ms since 1970 */
  caughtUp(nowMs: number, wallTime: number): void {
    this.#lastFetchAt = wallTime
    this.delay.empty(nowMs)
    if (this.length === 0) this.delay.allSent()
  }

  /** Handles an empty fetch response that a limit cut short. @param wallTime ms since 1970 */
  cutShort(wallTime: number): void {
    this.#lastFetchAt = wallTime
    this.delay.notEmpty()
  }

  /** Handles a reset of the shard's offsets, which can be lower than before. */
  resetOffsets(): void {
    this.#lastSent = null
    this.#fetchedTo = null
    this.#beforeReset = this.length
  }

  /** Moves the position. The queue must be empty. */
  moveTo(offset: bigint): void {
    this.#lastSent = null
    this.#fetchedTo = offset
  }
}
