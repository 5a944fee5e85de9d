import { Throughput } from '../metrics'
import type { BatchLimits } from '../options/consumer-options'
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
  #waitingSince = 0
  #lastFetchAt: number | null = null

  constructor(id: number, ledger: Ledger, delay: ShardDelay) {
    this.id = id
    this.ledger = ledger
    this.delay = delay
  }

  /** When a fetch for it was answered last, also without records; null if none was. */
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

  /** @param next the offset that follows the batch */
  fetched(records: readonly R[], next: bigint, now: number): void {
    this.#lastFetchAt = now
    this.delay.notEmpty()
    if (this.queue.length === 0) this.#waitingSince = now
    this.queue.push(records)
    this.ledger.fetched(next)
    if (this.queue.length === 0) this.ledger.drained()
  }

  /** When the next batch is to be sent: a time, which may have passed, or null if there is none. */
  dueAt(limits: BatchLimits): number | null {
    const { length } = this.queue
    if (length === 0) return null
    // A full queue waits for nothing more: nothing more is fetched.
    if (length >= limits.size || this.isPausedBy('full')) return this.#waitingSince
    return this.#waitingSince + limits.wait
  }

  /** The next records, at most `count`. They count as sent. */
  take(count: number, now: number): R[] {
    const records = this.queue.take(count)
    const last = records.at(-1)
    if (last) this.ledger.sent(last.offset)
    if (this.queue.length === 0) {
      this.ledger.drained()
      this.delay.drained()
    }
    this.#waitingSince = now
    this.throughput.add(records, now)
    return records
  }

  /** A fetch brought nothing, because there is nothing more. */
  caughtUp(now: number, monotonic: number): void {
    this.#lastFetchAt = now
    this.delay.empty(monotonic)
    if (this.queue.length === 0) this.delay.drained()
  }

  /** A fetch brought nothing, because the response was full before. */
  cutShort(now: number): void {
    this.#lastFetchAt = now
    this.delay.notEmpty()
  }
}
