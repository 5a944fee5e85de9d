/** The time after a throttle time in which another throttle time counts as the same throttling. */
const LINGERS_MS = 10_000

/** Whether the service throttles a client. Times are monotonic. */
export class Throttling {
  #untilMs = -Infinity

  /** Begins or extends the throttling. @param milliseconds throttle time of a response */
  extend(milliseconds: number, nowMs: number): void {
    this.#untilMs = Math.max(this.#untilMs, nowMs + milliseconds + LINGERS_MS)
  }

  /** Whether the service throttles the client, or did so a few seconds ago. */
  isActive(nowMs: number): boolean {
    return nowMs < this.#untilMs
  }

  end(): void {
    this.#untilMs = -Infinity
  }
}
