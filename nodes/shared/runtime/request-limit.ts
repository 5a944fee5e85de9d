import type { Clock } from '../../../lib/clock'

/** Why a `RequestLimit` refuses a request. */
export type LimitRefusal = 'busy' | 'too-many'

const MINUTE_MS = 60_000

/** Lets one request run at a time, and at most `perMinute` requests begin per minute. */
export class RequestLimit {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #perMinute: number
  /** Start times of the requests of the last minute, monotonic. */
  #begunAtMs: number[] = []
  #isRunning = false

  constructor(clock: Pick<Clock, 'monotonic'>, perMinute: number) {
    this.#clock = clock
    this.#perMinute = perMinute
  }

  /** Begins a request. @returns a function to call when the request has ended, or the reason of a refusal */
  begin(): (() => void) | LimitRefusal {
    const nowMs = this.#clock.monotonic()
    this.#begunAtMs = this.#begunAtMs.filter((atMs) => atMs > nowMs - MINUTE_MS)
    if (this.#isRunning) return 'busy'
    if (this.#begunAtMs.length >= this.#perMinute) return 'too-many'
    this.#begunAtMs.push(nowMs)
    this.#isRunning = true
    return () => {
      this.#isRunning = false
    }
  }
}
