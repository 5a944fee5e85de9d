export interface BackoffLimits {
  /** Wait after the first failure, in milliseconds. */
  readonly firstMs: number
  readonly longestMs: number
  /** The factor by which the wait grows with each failure; 2 by default. */
  readonly factor?: number
  /** The greatest share of a wait that chance leaves out; 0.2 by default. */
  readonly jitter?: number
}

/** A new membership after a failure: at most 5 logins in half a minute, and the end of a cause soon noticed. */
export const MEMBERSHIP_BACKOFF: BackoffLimits = {
  firstMs: 2_200,
  longestMs: 33_000,
  jitter: 0.09,
}

/** At most 3 attempts in the first second and 6 in any 10 s. */
export const REQUEST_BACKOFF: BackoffLimits = { firstMs: 500, longestMs: 3_000 }

/** Records that are written: they wait in a buffer, so that the first attempts come soon. */
export const WRITE_BACKOFF: BackoffLimits = { firstMs: 300, longestMs: 15_000 }

/** Backoff of a member whose generations end before a heartbeat or commit has succeeded. */
export const REJOIN_BACKOFF: BackoffLimits = { firstMs: 1_000, longestMs: 4_000 }

/** At most 12 connections to one address in 30 s. */
export const CONNECTION_BACKOFF: BackoffLimits = { firstMs: 500, longestMs: 4_000 }

/** At most 5 logins in 30 s. Three aborted logins end within 10 s. */
export const LOGIN_BACKOFF: BackoffLimits = { firstMs: 500, longestMs: 18_000, factor: 3 }

/** Nodes that lost their connection at the same moment try at different times. */
const JITTER = 0.2

/** Counts failures in a row, and computes the wait before the next attempt. */
export class RetryBackoff {
  readonly #limits: BackoffLimits
  #failures = 0

  constructor(limits: BackoffLimits = REQUEST_BACKOFF) {
    this.#limits = limits
  }

  get failures(): number {
    return this.#failures
  }

  /** Counts a failure. @returns milliseconds to wait, shortened by a random part */
  failed(): number {
    const { firstMs, longestMs, factor = 2, jitter = JITTER } = this.#limits
    const waitMs = Math.min(longestMs, firstMs * factor ** this.#failures)
    this.#failures++
    return waitMs * (1 - jitter * Math.random())
  }

  reset(): void {
    this.#failures = 0
  }
}
