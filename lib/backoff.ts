/**
 * Seconds before the next try: long enough that a wrong key causes at most five logins in half a
 * minute, short enough that a cause that is gone is noticed within a minute.
 */
const STEPS = [2, 4, 8, 15, 30] as const

/** Spreads the tries of many nodes that failed at the same moment. */
const JITTER = 0.1

export class Backoff {
  readonly #random: () => number
  #failures = 0

  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** @returns milliseconds to wait after one more failure */
  next(): number {
    const seconds = STEPS[Math.min(this.#failures, STEPS.length - 1)] ?? STEPS[0]
    this.#failures++
    return Math.round(seconds * 1000 * (1 + JITTER * this.#random()))
  }

  reset(): void {
    this.#failures = 0
  }
}
