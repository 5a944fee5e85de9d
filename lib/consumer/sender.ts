import type { Clock } from '../clock'
import type { RateLimit } from '../delivery/rate-limit'
import type { Shard } from '../delivery/shard'
import type { FetchedRecord } from '../kafka/source'

export interface SenderOptions {
  readonly clock: Clock
  /** Null is unlimited. */
  readonly limit: RateLimit | null
  readonly deliver: (shard: Shard<FetchedRecord>, record: FetchedRecord) => void
}

/**
 * Gives queued records to the flow: shard by shard in turn, in order within each. One record in a turn
 * of the event loop: a flow of synchronous nodes then keeps up by itself, while several at once pile up
 * in nodes that take one message a turn, such as Node-RED's Switch; and the editor stays usable.
 */
export class Sender {
  readonly #options: SenderOptions
  #shards: readonly Shard<FetchedRecord>[] = []
  #turn = 0
  #isHeld = false
  #cancel: (() => void) | null = null

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** From now on these; what is queued in others is dropped. Ends a hold. */
  assign(shards: Iterable<Shard<FetchedRecord>>): void {
    this.#shards = [...shards]
    this.#isHeld = false
    this.wake()
  }

  /** Sends nothing until the next assignment. */
  hold(): void {
    this.#isHeld = true
    this.#cancel?.()
    this.#cancel = null
  }

  /** Something was queued. */
  wake(): void {
    if (this.#isHeld || this.#cancel) return
    this.#cancel = this.#options.clock.soon(this.#run)
  }

  readonly #run = (): void => {
    this.#cancel = null
    const { clock, limit } = this.#options
    const shard = this.#nextWithRecords()
    if (!shard || this.#isHeld) return
    if (limit && !limit.take(clock.now())) {
      this.#cancel = clock.after(limit.wait, this.#run)
      return
    }
    const record = shard.take()
    if (record) this.#options.deliver(shard, record)
    this.wake()
  }

  #nextWithRecords(): Shard<FetchedRecord> | undefined {
    const { length } = this.#shards
    const inTurn = [...this.#shards.slice(this.#turn), ...this.#shards.slice(0, this.#turn)]
    const shard = inTurn.find(({ queue }) => !queue.isEmpty)
    if (shard) this.#turn = (this.#shards.indexOf(shard) + 1) % length
    return shard
  }
}
