import { DelayMeter } from '../metrics'
import type { BatchLimits } from '../options/consumer-options'
import type { Ledger } from './ledger'
import { RecordQueue, type QueuedRecord } from './record-queue'

/** One assigned shard: what waits to be sent, and what may be committed. */
export class Shard<R extends QueuedRecord & { readonly offset: string }> {
  readonly id: number
  readonly queue = new RecordQueue<R>()
  readonly ledger: Ledger
  readonly delay = new DelayMeter()
  /** Fetching is stopped until the queue has drained. */
  isPaused = false
  #waitingSince = 0

  constructor(id: number, ledger: Ledger) {
    this.id = id
    this.ledger = ledger
  }

  /** @param next the offset that follows the batch */
  fetched(records: readonly R[], next: bigint, now: number): void {
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
    if (length >= limits.size || this.isPaused) return this.#waitingSince
    return this.#waitingSince + limits.wait
  }

  /** The next records, at most `count`. They count as sent. */
  take(count: number, now: number): R[] {
    const records = this.queue.take(count)
    const last = records.at(-1)
    if (last) this.ledger.sent(last.offset)
    if (this.queue.length === 0) this.ledger.drained()
    this.#waitingSince = now
    return records
  }

  /** A fetch brought nothing new. */
  caughtUp(): void {
    if (this.queue.length === 0) this.delay.caughtUp()
  }
}
