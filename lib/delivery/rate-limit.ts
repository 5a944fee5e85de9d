/** Smooths: at most this share of a second's records leaves at once. */
const BURST = 1 / 20

/** A token bucket: so many records a second, evenly. Moments are monotonic. */
export class RateLimit {
  readonly #perMillisecond: number
  readonly #capacity: number
  #tokens: number
  #atMs: number

  /** @param perSecond records a second */
  constructor(perSecond: number, nowMs: number) {
    this.#perMillisecond = perSecond / 1000
    this.#capacity = Math.max(1, perSecond * BURST)
    this.#tokens = 1
    this.#atMs = nowMs
  }

  /** Milliseconds until something may be sent; 0 if it may be now. */
  wait(nowMs: number): number {
    const gained = (nowMs - this.#atMs) * this.#perMillisecond
    this.#tokens = Math.min(this.#capacity, this.#tokens + gained)
    this.#atMs = nowMs
    return Math.max(0, Math.ceil((1 - this.#tokens) / this.#perMillisecond))
  }

  /** Records were sent together. More than there were tokens for delay what follows. */
  sent(count: number): void {
    this.#tokens -= count
  }
}
