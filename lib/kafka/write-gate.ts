import type { Clock } from '../clock'

/** A request that may have to wait before it is written. */
export interface WaitingWrite {
  write(): void
  /** Instead of `write`, if the connection ends before. */
  fail(error: Error): void
}

/**
 * Holds requests back while the service throttles this client, or while the login is renewed. They are
 * written in the order in which they came.
 */
export class WriteGate {
  readonly #clock: Clock
  #waiting: WaitingWrite[] = []
  #heldUntil = -Infinity
  #isLocked = false
  #cancel: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many requests wait. */
  get size(): number {
    return this.#waiting.length
  }

  /** Monotonic ms; in the past while the service does not throttle. */
  get heldUntil(): number {
    return this.#heldUntil
  }

  /** Writes at once, or when it may. */
  pass(request: WaitingWrite): void {
    this.#waiting.push(request)
    this.#open()
  }

  holdFor(spanMs: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.monotonic() + spanMs)
  }

  lock(): void {
    this.#isLocked = true
  }

  unlock(): void {
    this.#isLocked = false
    this.#open()
  }

  /** Fails what waits. */
  end(error: Error): void {
    this.#cancel?.()
    this.#cancel = null
    const waiting = this.#waiting
    this.#waiting = []
    for (const request of waiting) request.fail(error)
  }

  #open(): void {
    while (!this.#isLocked && this.#waiting.length > 0) {
      const waitMs = this.#heldUntil - this.#clock.monotonic()
      if (waitMs > 0) {
        this.#openIn(waitMs)
        return
      }
      this.#waiting.shift()?.write()
    }
  }

  #openIn(waitMs: number): void {
    this.#cancel?.()
    this.#cancel = this.#clock.after(Math.ceil(waitMs), () => {
      this.#cancel = null
      this.#open()
    })
  }
}
