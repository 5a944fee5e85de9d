/**
 * Decides which failed deliveries are sent again next. One group of deliveries has its turn, and the others
 * wait for its outcome, so that a flow that still fails is not flooded. What failed together is one group:
 * it can have failed in one message of a Join or Batch, which waits until it has all of it again. For the same
 * reason the others wait for a limited time.
 */
export class RetryTurn<D> {
  readonly #timeoutMs: number
  #group: object | null = null
  readonly #inTurn = new Set<D>()
  /** When the last delivery of the turn was sent again; monotonic. */
  #lastMs = -Infinity

  /** @param timeoutMs how long the others wait for an outcome; Infinity if one is sure to come */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Monotonic moment before which a delivery of this group must wait; Infinity: until there is an outcome. */
  notBeforeMs(group: object): number {
    if (this.#inTurn.size === 0 || group === this.#group) return -Infinity
    return this.#lastMs + this.#timeoutMs
  }

  /** A delivery of a group is sent again now. */
  take(delivery: D, group: object, nowMs: number): void {
    this.#group = group
    this.#inTurn.add(delivery)
    this.#lastMs = nowMs
  }

  /** A delivery has an outcome, or does not count any more. */
  leave(delivery: D): void {
    this.#inTurn.delete(delivery)
  }

  /** These deliveries take the place of another one. */
  replace(delivery: D, others: readonly D[]): void {
    if (!this.#inTurn.delete(delivery)) return
    for (const other of others) this.#inTurn.add(other)
  }
}
