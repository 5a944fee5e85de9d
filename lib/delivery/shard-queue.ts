import { Throughput } from './throughput'
import type { BatchLimits } from '../config/consumer-options'
import type { Ledger } from './ledger'
import { RecordQueue, type QueuedRecord } from './record-queue'
import type { ShardDelay } from './shard-delay'

/** Why a shard is not fetched: its queue or window is full, or the user wants it so. */
export type PauseReason = 'full' | 'user'

/** One assigned shard: what waits to be sent, and what may be committed. */
export class Shard<R extends QueuedRecord & { readonly offset: string }> {
  readonly id: number
  readonly queue = new RecordQueue<R>()
  readonly ledger: Ledger
  readonly delay: ShardDelay
  readonly throughput = new Throughput()
  readonly #pauses = new Set<PauseReason>()
  /** Monotonic. */
  #waitingSinceMs = 0
  #lastFetchAt: number | null = null

  constructor(id: number, ledger: Ledger, delay: ShardDelay) {
    this.id = id
    this.ledger = ledger
    this.delay = delay
  }

  /** Wall time at which a fetch for it was answered last, also without records; null if none was. */
  get lastFetchAt(): number | null {
    return this.#lastFetchAt
  }

  isPausedBy(reason: PauseReason): boolean {
    return this.#pauses.has(reason)
  }

  /** @returns whether it was fetched until now */
  pause(reason: PauseReason): boolean {
    const wasFetched = this.#pauses.size === 0
    this.#pauses.add(reason)
    return wasFetched
  }

  /** @returns whether it is fetched from now on */
  resume(reason: PauseReason): boolean {
    return this.#pauses.delete(reason) && this.#pauses.size === 0
  }

  /**
   * A fetch brought records.
   *
   * @param next the offset that follows the batch
   * @param nowMs monotonic
   * @param wallTime milliseconds since 1970
   */
  fetched(records: readonly R[], next: bigint, nowMs: number, wallTime: number): void {
    this.#lastFetchAt = wallTime
    this.delay.notEmpty()
    if (this.queue.length === 0) this.#waitingSinceMs = nowMs
    this.queue.push(records)
    this.ledger.fetched(next)
    if (this.queue.length === 0) this.ledger.drained()
  }

  /** Monotonic moment at which to send the next batch, maybe in the past; null if there is none. */
  dueAtMs(limits: BatchLimits): number | null {
    const { length } = this.queue
    if (length === 0) return null
    // A full queue waits for nothing more: nothing more is fetched.
    if (length >= limits.size || this.isPausedBy('full')) return this.#waitingSinceMs
    return this.#waitingSinceMs + limits.wait
  }

  /** The next records, at most `count`. They count as sent. @param nowMs monotonic */
  take(count: number, nowMs: number): R[] {
    const records = this.queue.take(count)
    const last = records.at(-1)
    if (last) this.ledger.sent(last.offset)
    if (this.queue.length === 0) {
      this.ledger.drained()
      this.delay.drained()
    }
    this.#waitingSinceMs = nowMs
    this.throughput.add(records, nowMs)
    return records
  }

  /** A fetch brought nothing, because there is nothing more. Times are as those of `fetched`. */
  caughtUp(nowMs: number, wallTime: number): void {
    this.#lastFetchAt = wallTime
    this.delay.empty(nowMs)
    if (this.queue.length === 0) this.delay.drained()
  }

  /** A fetch brought nothing, because the response was full before. @param wallTime ms since 1970 */
  cutShort(wallTime: number): void {
    this.#lastFetchAt = wallTime
    this.delay.notEmpty()
  }
}
