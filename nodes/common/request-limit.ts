import type { Clock } from '../../lib/clock'

/** Why a request is not begun. */
export type Refusal = 'busy' | 'too-many'

const MINUTE = 60_000

/** Lets one request run at a time, and only so many begin in a minute. */
export class RequestLimit {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #perMinute: number
  /** Monotonic moments. */
  #begunAtMs: number[] = []
  #isRunning = false

  constructor(clock: Pick<Clock, 'monotonic'>, perMinute: number) {
    this.#clock = clock
    this.#perMinute = perMinute
  }

  /** @returns what is to be called when the request has ended, or why it may not begin */
  begin(): (() => void) | Refusal {
    const nowMs = this.#clock.monotonic()
    this.#begunAtMs = this.#begunAtMs.filter((atMs) => atMs > nowMs - MINUTE)
    if (this.#isRunning) return 'busy'
    if (this.#begunAtMs.length >= this.#perMinute) return 'too-many'
    this.#begunAtMs.push(nowMs)
    this.#isRunning = true
    return () => {
      this.#isRunning = false
    }
  }
}
