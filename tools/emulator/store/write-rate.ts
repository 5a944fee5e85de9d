/** Limits the bytes that a shard takes: on average, and at once no more than those of a second. */
export class WriteRate {
  #allowed = Infinity
  #atMs = 0

  /**
   * Takes these bytes, or none of them.
   *
   * @param bytesPerSecond the limit, which can change between two calls
   * @param nowMs monotonic ms
   */
  takes(bytes: number, bytesPerSecond: number, nowMs: number): boolean {
    const gained = ((nowMs - this.#atMs) / 1_000) * bytesPerSecond
    this.#allowed = Math.min(bytesPerSecond, this.#allowed + gained)
    this.#atMs = nowMs
    // What is larger than a second allows is taken after a quiet second, or it would never be.
    if (this.#allowed < Math.min(bytes, bytesPerSecond)) return false
    this.#allowed -= bytes
    return true
  }
}
