/** Bytes that can be read until they are released. Their memory can then be used for something else. */
export class LentBytes {
  #bytes: Buffer | null
  readonly #onRelease: () => void

  constructor(bytes: Buffer, onRelease: () => void = () => undefined) {
    this.#bytes = bytes
    this.#onRelease = onRelease
  }

  /** @throws Error after the release, because the memory can hold other bytes by now */
  get bytes(): Buffer {
    if (this.#bytes === null) throw new Error('bytes that were released are read')
    return this.#bytes
  }

  release(): void {
    if (this.#bytes === null) return
    this.#bytes = null
    this.#onRelease()
  }
}

/** Counts who reads the bytes of one response. What is never released is left to the garbage collector. */
export class Lender {
  readonly #onAllReleased: () => void
  #lent = 0
  #isComplete = false

  /** @param onAllReleased called once, and never before `complete` */
  constructor(onAllReleased: () => void) {
    this.#onAllReleased = onAllReleased
  }

  lend(bytes: Buffer): LentBytes {
    this.#lent++
    return new LentBytes(bytes, () => {
      this.#lent--
      this.#check()
    })
  }

  /** Nothing more will be lent. */
  complete(): void {
    this.#isComplete = true
    this.#check()
  }

  #check(): void {
    if (this.#isComplete && this.#lent === 0) this.#onAllReleased()
  }
}
