export interface RetryLimits {
  /** Wait after the first failure, in milliseconds. */
  readonly firstMs: number
  readonly longestMs: number
  /** By which the wait grows with each failure; 2 if it is not given. */
  readonly factor?: number
}

/** At most 3 attempts in the first second and 6 in any 10 s. */
export const REQUEST_RETRIES: RetryLimits = { firstMs: 500, longestMs: 3_000 }

/** A member whose membership ends each time before the group has answered anything in it. */
export const REJOIN_RETRIES: RetryLimits = { firstMs: 1_000, longestMs: 4_000 }

/** At most 12 connections to one address in 30 s. */
export const CONNECTION_RETRIES: RetryLimits = { firstMs: 500, longestMs: 4_000 }

/** At most 5 logins in 30 s; three that break off are over within 10 s. */
export const LOGIN_RETRIES: RetryLimits = { firstMs: 500, longestMs: 18_000, factor: 3 }

/** Counts failures in a row, and says how long to wait before the next attempt. */
export class Retries {
  readonly #limits: RetryLimits
  #failures = 0

  constructor(limits: RetryLimits = REQUEST_RETRIES) {
    this.#limits = limits
  }

  get failures(): number {
    return this.#failures
  }

  /** @returns milliseconds to wait after one more failure */
  failed(): number {
    this.#failures++
    const { firstMs, longestMs, factor } = this.#limits
    return restLength(this.#failures, firstMs, longestMs, Math.random, factor)
  }

  reset(): void {
    this.#failures = 0
  }
}

/** Spreads the tries of many nodes that lost their connection at the same moment. */
const JITTER = 0.2

/**
 * How long to wait after failures in a row: longer with each, and shortened by chance.
 *
 * @param times failures in a row
 * @param first wait, in milliseconds
 * @param longest wait, in milliseconds
 * @param factor by which the wait grows with each failure
 * @returns milliseconds
 */
export function restLength(
  times: number,
  first: number,
  longest: number,
  random: () => number = Math.random,
  factor = 2,
): number {
  return Math.min(longest, first * factor ** (times - 1)) * (1 - JITTER * random())
}
