import type { Clock } from '../../lib/clock'

/** Why a request is not begun. */
export type Refusal = 'busy' | 'too-many'

const MINUTE = 60_000

/** Lets one request run at a time, and only so many begin in a minute. */
export class RequestLimit {
  readonly #clock: Pick<Clock, 'now'>
  readonly #perMinute: number
  #begun: number[] = []
  #isRunning = false

  constructor(clock: Pick<Clock, 'now'>, perMinute: number) {
    this.#clock = clock
    this.#perMinute = perMinute
  }

  /** @returns what is to be called when the request has ended, or why it may not begin */
  begin(): (() => void) | Refusal {
    const now = this.#clock.now()
    this.#begun = this.#begun.filter((at) => at > now - MINUTE)
    if (this.#isRunning) return 'busy'
    if (this.#begun.length >= this.#perMinute) return 'too-many'
    this.#begun.push(now)
    this.#isRunning = true
    return () => {
      this.#isRunning = false
    }
  }
}
