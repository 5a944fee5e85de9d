import type { Clock } from '../../clock'

/** A request that waits until the connection can write it. */
export interface QueuedWrite {
  write(): void
  /** Called instead of `write` if the connection ends first. */
  fail(error: Error): void
}

/**
 * Delays requests while the service throttles this client, or while the login is renewed. Requests are
 * written in their order of arrival.
 */
export class RequestQueue {
  readonly #clock: Clock
  #waiting: QueuedWrite[] = []
  #throttledUntilMs = -Infinity
  #isLocked = false
  #cancel: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Number of waiting requests. */
  get size(): number {
    return this.#waiting.length
  }

  /** End of the throttle time in monotonic ms; in the past while the service does not throttle. */
  get throttledUntilMs(): number {
    return this.#throttledUntilMs
  }

  /** Writes the request now, or when throttle time and lock have ended. */
  add(request: QueuedWrite): void {
    this.#waiting.push(request)
    this.#open()
  }

  throttleFor(spanMs: number): void {
    this.#throttledUntilMs = Math.max(this.#throttledUntilMs, this.#clock.monotonic() + spanMs)
  }

  lock(): void {
    this.#isLocked = true
  }

  unlock(): void {
    this.#isLocked = false
    this.#open()
  }

  /** Fails all waiting requests. */
  end(error: Error): void {
    this.#cancel?.()
    this.#cancel = null
    const waiting = this.#waiting
    this.#waiting = []
    for (const request of waiting) request.fail(error)
  }

  #open(): void {
    while (!this.#isLocked && this.#waiting.length > 0) {
      const waitMs = this.#throttledUntilMs - this.#clock.monotonic()
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
