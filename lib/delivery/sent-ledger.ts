/**
 * Decides what may be committed of one shard when sending counts as done. A record is held back for a
 * whole commit interval after it was sent, so that a crash repeats the last seconds instead of losing
 * what the flow had not finished yet.
 */
export class SentLedger {
  #lastSent: string | null = null
  #fetchedTo: bigint | null = null
  #pending = false
  #marked: bigint | null = null
  #ripe: bigint | null = null
  #committed: bigint | null = null

  /** A batch was queued. @param next the offset that follows it */
  fetched(next: bigint): void {
    this.#fetchedTo = next
    this.#pending = true
  }

  sent(offset: string): void {
    this.#lastSent = offset
  }

  /** Everything that was fetched has been sent. */
  drained(): void {
    this.#pending = false
  }

  /** To be called once per commit interval: what was sent before the last call is ripe now. */
  tick(): void {
    this.#ripe = this.#marked
    this.#marked = this.#position()
  }

  /** The offset to commit, or null if there is nothing new. */
  due(): bigint | null {
    return this.#newerThanCommitted(this.#ripe)
  }

  /** The same at a clean stop, where everything sent counts. */
  dueAtStop(): bigint | null {
    return this.#newerThanCommitted(this.#position())
  }

  committed(offset: bigint): void {
    this.#committed = offset
  }

  /** Offsets begin anew, and may be lower than what was committed. */
  reset(): void {
    this.#lastSent = null
    this.#fetchedTo = null
    this.#marked = null
    this.#ripe = null
    this.#committed = null
  }

  /** The offset that was committed last, by this process and for this assignment; null if none. */
  get lastCommitted(): bigint | null {
    return this.#committed
  }

  /** With nothing left to send, it steps over offsets at the end of a batch that hold no record. */
  #position(): bigint | null {
    if (!this.#pending) return this.#fetchedTo
    return this.#lastSent === null ? null : BigInt(this.#lastSent) + 1n
  }

  #newerThanCommitted(offset: bigint | null): bigint | null {
    if (offset === null || offset === this.#committed) return null
    return this.#committed !== null && offset < this.#committed ? null : offset
  }
}
