/** Milliseconds after a rest in which another one belongs to the same. */
const LINGER = 10_000

/** Whether the service holds us back: it asks for a rest after the other as long as we read too much. */
export class Throttle {
  #until = -Infinity

  isOn(now: number): boolean {
    return now < this.#until
  }

  /** @param rest milliseconds that the service asks for. @returns whether it is the first of its kind */
  asked(rest: number, now: number): boolean {
    const isFirst = !this.isOn(now)
    this.#until = Math.max(this.#until, now + rest + LINGER)
    return isFirst
  }

  /** Whatever comes is news. */
  forget(): void {
    this.#until = -Infinity
  }
}
