/** Smooths: at most this share of a second's records leaves at once. */
const BURST = 1 / 20

/** A token bucket: so many records a second, evenly. */
export class RateLimit {
  readonly #perMillisecond: number
  readonly #capacity: number
  #tokens: number
  #at: number

  /** @param perSecond records a second */
  constructor(perSecond: number, now: number) {
    this.#perMillisecond = perSecond / 1000
    this.#capacity = Math.max(1, perSecond * BURST)
    this.#tokens = 1
    this.#at = now
  }

  /** Takes leave for one record; false if it has to wait. */
  take(now: number): boolean {
    const gained = (now - this.#at) * this.#perMillisecond
    this.#tokens = Math.min(this.#capacity, this.#tokens + gained)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** Milliseconds until the next record may leave. */
  get wait(): number {
    return Math.max(1, Math.ceil((1 - this.#tokens) / this.#perMillisecond))
  }
}
