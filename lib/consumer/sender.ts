import type { Clock } from '../clock'
import type { RateLimit } from '../delivery/rate-limit'
import type { Shard } from '../delivery/shard'
import type { FetchedRecord } from '../kafka/source'
import type { BatchLimits } from '../options/consumer-options'

export interface SenderOptions {
  readonly clock: Clock
  readonly batch: BatchLimits
  /** Null is unlimited. */
  readonly limit: RateLimit | null
  readonly deliver: (shard: Shard<FetchedRecord>, records: readonly FetchedRecord[]) => void
}

/**
 * Gives queued records to the flow: shard by shard in turn, in order within each. One message in a turn
 * of the event loop: a flow of synchronous nodes then keeps up by itself, while several at once pile up
 * in nodes that take one message a turn, such as Node-RED's Switch; and the editor stays usable.
 */
export class Sender {
  readonly #options: SenderOptions
  #shards: readonly Shard<FetchedRecord>[] = []
  #turn = 0
  #isHeld = false
  #cancelTurn: (() => void) | null = null
  #cancelWait: (() => void) | null = null

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** From now on these; what is queued in others is dropped. Ends a hold. */
  assign(shards: Iterable<Shard<FetchedRecord>>): void {
    this.#shards = [...shards]
    this.#turn = 0
    this.#isHeld = false
    this.wake()
  }

  /** Sends nothing until the next assignment. */
  hold(): void {
    this.#isHeld = true
    this.#cancelTurn?.()
    this.#cancelTurn = null
    this.#stopWaiting()
  }

  /** Something was queued. */
  wake(): void {
    if (this.#isHeld || this.#cancelTurn) return
    this.#stopWaiting()
    this.#cancelTurn = this.#options.clock.soon(this.#run)
  }

  readonly #run = (): void => {
    this.#cancelTurn = null
    const { clock, limit, batch, deliver } = this.#options
    const now = clock.now()
    const next = this.#nextShard()
    if (!next) return
    const wait = Math.max(limit?.wait(now) ?? 0, next.dueAt - now)
    if (wait > 0) {
      this.#waitFor(wait)
      return
    }
    const records = next.shard.take(batch.size, now)
    limit?.sent(records.length)
    deliver(next.shard, records)
    this.wake()
  }

  /** The shard whose turn it is among those that are due; else the one that is due first. */
  #nextShard(): { shard: Shard<FetchedRecord>; dueAt: number } | null {
    const { clock, batch } = this.#options
    const now = clock.now()
    let first: { shard: Shard<FetchedRecord>; dueAt: number } | null = null
    for (let step = 0; step < this.#shards.length; step++) {
      const index = (this.#turn + step) % this.#shards.length
      const shard = this.#shards[index]
      const dueAt = shard?.dueAt(batch) ?? null
      if (!shard || dueAt === null) continue
      if (dueAt <= now) {
        this.#turn = index + 1
        return { shard, dueAt }
      }
      if (!first || dueAt < first.dueAt) first = { shard, dueAt }
    }
    return first
  }

  #waitFor(milliseconds: number): void {
    this.#cancelWait = this.#options.clock.after(milliseconds, () => {
      this.#cancelWait = null
      this.wake()
    })
  }

  #stopWaiting(): void {
    this.#cancelWait?.()
    this.#cancelWait = null
  }
}
