/** Milliseconds after a rest in which another one belongs to the same. */
const LINGER = 10_000

/** Whether the service holds us back: it asks for a rest after the other as long as we read too much. */
export class Throttle {
  /** Monotonic. */
  #untilMs = -Infinity

  isOn(nowMs: number): boolean {
    return nowMs < this.#untilMs
  }

  /**
   * The service asks for a rest.
   *
   * @param rest milliseconds
   * @param nowMs monotonic
   * @returns whether it is the first of its kind
   */
  asked(rest: number, nowMs: number): boolean {
    const isFirst = !this.isOn(nowMs)
    this.#untilMs = Math.max(this.#untilMs, nowMs + rest + LINGER)
    return isFirst
  }

  /** Whatever comes is news. */
  forget(): void {
    this.#untilMs = -Infinity
  }
}
