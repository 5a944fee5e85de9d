/**
 * Decides which offset of one shard is committed next: the offset after all done records. Each offset is due
 * once. Offsets go down only after a reset.
 *
 * With `commit: onSend`, a record waits a whole commit interval after it was sent. A crash then repeats the
 * last seconds instead of losing records that the flow had not finished.
 */
export class CommittableOffset {
  readonly #doneOffset: () => bigint | null
  readonly #isDelayed: boolean
  /** The done offset at the last tick. */
  #doneAtLastTick: bigint | null = null
  /** The done offset two ticks ago. It has waited a whole interval, so it can be committed. */
  #doneAtTickBefore: bigint | null = null
  #committed: bigint | null = null
  #resets = 0

  /**
   * @param doneOffset returns the offset after all done records; null if it is unknown
   * @param isDelayed whether a done record waits a whole commit interval
   */
  constructor(doneOffset: () => bigint | null, { isDelayed }: { readonly isDelayed: boolean }) {
    this.#doneOffset = doneOffset
    this.#isDelayed = isDelayed
  }

  /** The offset that was committed last for this assignment; null if none was. */
  get committed(): bigint | null {
    return this.#committed
  }

  /** Number of resets. A commit that was sent before a reset says nothing about the offsets after it. */
  get resets(): number {
    return this.#resets
  }

  /** Call this after each commit interval. */
  tick(): void {
    if (!this.#isDelayed) return
    this.#doneAtTickBefore = this.#doneAtLastTick
    this.#doneAtLastTick = this.#doneOffset()
  }

  /** The offset to commit now; null if there is nothing new. */
  due(): bigint | null {
    return this.#newerThanCommitted(this.#isDelayed ? this.#doneAtTickBefore : this.#doneOffset())
  }

  /** The offset to commit at a clean stop, without any wait; null if there is nothing new. */
  dueAtStop(): bigint | null {
    return this.#newerThanCommitted(this.#doneOffset())
  }

  /** Notes that the group has taken an offset. */
  setCommitted(offset: bigint): void {
    this.#committed = offset
  }

  /** Makes the done offset due again, because the group stores another offset than `committed`. */
  forgetCommitted(): void {
    this.#committed = null
  }

  /** Starts again after a reset of the shard's offsets, which can be lower than the committed one. */
  reset(): void {
    this.#resets++
    this.#doneAtLastTick = null
    this.#doneAtTickBefore = null
    this.#committed = null
  }

  #newerThanCommitted(offset: bigint | null): bigint | null {
    if (offset === null || this.#committed === null) return offset
    return offset > this.#committed ? offset : null
  }
}
