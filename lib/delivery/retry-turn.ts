/**
 * Decides which failed deliveries are sent again next. One group has its turn and the others wait for its
 * outcome, so that a flow that still fails is not flooded.
 *
 * Deliveries that failed together are one group: a Join or Batch node can wait until it has all of them
 * again. So the others wait only for a limited time.
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

  /** Monotonic time until which this group must wait; Infinity means until an outcome comes. */
  notBeforeMs(group: object): number {
    if (this.#inTurn.size === 0 || group === this.#group) return -Infinity
    return this.#lastMs + this.#timeoutMs
  }

  /** Gives the turn to a group, whose delivery is sent again now. */
  take(delivery: D, group: object, nowMs: number): void {
    this.#group = group
    this.#inTurn.add(delivery)
    this.#lastMs = nowMs
  }

  /** Removes a delivery that has an outcome or no longer counts. */
  leave(delivery: D): void {
    this.#inTurn.delete(delivery)
  }

  /** Replaces a delivery by others in the current turn. */
  replace(delivery: D, others: readonly D[]): void {
    if (!this.#inTurn.delete(delivery)) return
    for (const other of others) this.#inTurn.add(other)
  }
}
