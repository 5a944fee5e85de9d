/**
 * Whose turn it is to be sent again, of what a flow has failed with. A flow that still fails is not flooded:
 * the others wait for the answer to those whose turn it is. But what failed together is sent again together,
 * because it may have failed in one message of a Join or Batch, which waits until it has all of it again. For
 * the same reason the others do not wait for ever.
 */
export class RetryTurn<D> {
  readonly #timeoutMs: number
  #group: object | null = null
  readonly #unanswered = new Set<D>()
  /** Monotonic: when the last of them was sent again. */
  #lastMs = -Infinity

  /** @param timeoutMs how long the others wait for an answer; Infinity if one is sure to come */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Monotonic moment before which a member of this group is not sent again; Infinity: not before an answer. */
  notBeforeMs(group: object): number {
    if (this.#unanswered.size === 0 || group === this.#group) return -Infinity
    return this.#lastMs + this.#timeoutMs
  }

  /** It is sent again now. */
  take(delivery: D, group: object, nowMs: number): void {
    this.#group = group
    this.#unanswered.add(delivery)
    this.#lastMs = nowMs
  }

  /** It was answered, or does not count any more. */
  leave(delivery: D): void {
    this.#unanswered.delete(delivery)
  }

  /** These are in its place from now on. */
  replace(delivery: D, others: readonly D[]): void {
    if (!this.#unanswered.delete(delivery)) return
    for (const other of others) this.#unanswered.add(other)
  }
}
