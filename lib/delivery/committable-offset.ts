/**
 * Decides which offset of one shard can be committed: the one that follows everything that is done, once, and
 * never a lower one than before. Where sending counts as done, a record is held back for a whole commit
 * interval after it was sent, so that a crash repeats the last seconds instead of losing what the flow had
 * not finished.
 */
export class CommittableOffset {
  readonly #doneOffset: () => bigint | null
  readonly #isHeldBack: boolean
  /** Done at the last tick. */
  #marked: bigint | null = null
  /** Done at the tick before: held back long enough. */
  #ripe: bigint | null = null
  #committed: bigint | null = null
  #resets = 0

  /**
   * @param doneOffset the offset that follows everything that is done; null if that is unknown
   * @param isHeldBack for a commit interval
   */
  constructor(doneOffset: () => bigint | null, { isHeldBack }: { readonly isHeldBack: boolean }) {
    this.#doneOffset = doneOffset
    this.#isHeldBack = isHeldBack
  }

  /** The offset that was committed last for this assignment; null if none was. */
  get committed(): bigint | null {
    return this.#committed
  }

  /** How often the offsets began again. What was sent to the group before says nothing of those after. */
  get resets(): number {
    return this.#resets
  }

  /** A commit interval has passed. */
  tick(): void {
    if (!this.#isHeldBack) return
    this.#ripe = this.#marked
    this.#marked = this.#doneOffset()
  }

  /** The offset to commit now; null if there is nothing new. */
  due(): bigint | null {
    return this.#newerThanCommitted(this.#isHeldBack ? this.#ripe : this.#doneOffset())
  }

  /** The offset to commit at a clean stop, with what is held back; null if there is nothing new. */
  dueAtStop(): bigint | null {
    return this.#newerThanCommitted(this.#doneOffset())
  }

  /** The group has taken an offset. */
  setCommitted(offset: bigint): void {
    this.#committed = offset
  }

  /** The group has another offset than the one committed here: what is done is due again. */
  forgetCommitted(): void {
    this.#committed = null
  }

  /** The offsets of the shard begin again, and can be lower than what was committed. */
  reset(): void {
    this.#resets++
    this.#marked = null
    this.#ripe = null
    this.#committed = null
  }

  #newerThanCommitted(offset: bigint | null): bigint | null {
    if (offset === null || this.#committed === null) return offset
    return offset > this.#committed ? offset : null
  }
}
