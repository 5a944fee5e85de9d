/** Share of a second's records that can be sent at once. */
const BURST = 1 / 20

/** A token bucket that spreads records evenly over a second. Times are monotonic. */
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

  /** Milliseconds until a record can be sent; 0 if it can be sent now. */
  wait(nowMs: number): number {
    const gained = (nowMs - this.#atMs) * this.#perMillisecond
    this.#tokens = Math.min(this.#capacity, this.#tokens + gained)
    this.#atMs = nowMs
    return Math.max(0, Math.ceil((1 - this.#tokens) / this.#perMillisecond))
  }

  /** Takes tokens for records that were sent. Records beyond the tokens make the next ones wait longer. */
  sent(count: number): void {
    this.#tokens -= count
  }
}
