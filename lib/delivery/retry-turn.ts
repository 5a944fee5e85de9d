/**
 * Decides which failed deliveries are sent again next. One failure has its turn and the others wait for its
 * outcome, so that a flow that still fails is not flooded.
 *
 * Deliveries that failed together share one failure object: a Join or Batch node can wait until it has all
 * of them again. So the others wait only for a limited time.
 */
export class RetryTurn<D> {
  readonly #timeoutMs: number
  #failure: object | null = null
  readonly #inTurn = new Set<D>()
  /** When the last delivery of the turn was sent again; monotonic. */
  #lastMs = -Infinity

  /** @param timeoutMs how long the others wait for an outcome; Infinity if one is sure to come */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Monotonic time until which the deliveries of this failure must wait; Infinity means until an outcome comes. */
  notBeforeMs(failure: object): number {
    if (this.#inTurn.size === 0 || failure === this.#failure) return -Infinity
    return this.#lastMs + this.#timeoutMs
  }

  /** Gives the turn to a failure, whose delivery is sent again now. */
  take(delivery: D, failure: object, nowMs: number): void {
    this.#failure = failure
    this.#inTurn.add(delivery)
    this.#lastMs = nowMs
  }

  /** Removes a delivery that has an outcome or no longer counts. */
  leave(delivery: D): void {
    if (this.#inTurn.size > 0) this.#inTurn.delete(delivery)
  }

  /** Replaces a delivery by others in the current turn. */
  replace(delivery: D, others: readonly D[]): void {
    if (!this.#inTurn.delete(delivery)) return
    for (const other of others) this.#inTurn.add(other)
  }
}
