/**
 * Decides what may be committed of one shard. When a record counts as done differs between the commit
 * modes; what both share is how far sending has come, and what was committed last.
 */
export abstract class Ledger {
  #lastSent: string | null = null
  #fetchedTo: bigint | null = null
  #pending = false
  #committed: bigint | null = null

  /** A batch was queued. @param next the offset that follows it */
  fetched(next: bigint): void {
    this.#fetchedTo = next
    this.#pending = true
  }

  /** Reading goes on here, and this is committed: what was before does not count any more. */
  beginAt(offset: bigint): void {
    this.reset()
    this.#fetchedTo = offset
    this.#committed = offset
  }

  sent(offset: string): void {
    this.#lastSent = offset
  }

  /** Everything that was fetched has been sent. */
  drained(): void {
    this.#pending = false
  }

  /** To be called once per commit interval. */
  tick(): void {
    // A mode for which time matters says what happens.
  }

  /** The offset to commit, or null if there is nothing new. */
  due(): bigint | null {
    return this.#newerThanCommitted(this.committable())
  }

  /** The same at a clean stop. */
  dueAtStop(): bigint | null {
    return this.#newerThanCommitted(this.committableAtStop())
  }

  committed(offset: bigint): void {
    this.#committed = offset
  }

  /** Offsets begin anew, and may be lower than what was committed. */
  reset(): void {
    this.#lastSent = null
    this.#fetchedTo = null
    this.#committed = null
  }

  /** The offset that follows all that was fetched; null before the first batch. */
  get readTo(): bigint | null {
    return this.#fetchedTo
  }

  /** The offset that was committed last, by this process and for this assignment; null if none. */
  get lastCommitted(): bigint | null {
    return this.#committed
  }

  protected abstract committable(): bigint | null

  protected abstract committableAtStop(): bigint | null

  /**
   * The offset that follows everything sent. With nothing left to send, it steps over offsets at the
   * end of a batch that hold no record.
   */
  protected position(): bigint | null {
    if (!this.#pending) return this.#fetchedTo
    return this.#lastSent === null ? null : BigInt(this.#lastSent) + 1n
  }

  #newerThanCommitted(offset: bigint | null): bigint | null {
    if (offset === null || offset === this.#committed) return null
    return this.#committed !== null && offset < this.#committed ? null : offset
  }
}
