import type { Clock } from '../../lib/clock'

interface Scheduled {
  /** Monotonic ms. */
  at: number
  readonly every: number | null
  readonly action: () => void
}

/** Milliseconds between wall time and monotonic time at first, so that a mix-up of both shows. */
const MONOTONIC_BEHIND = 900_000

/** A clock that stands still until a test moves it. Timers follow monotonic time, as in Node.js. */
export class ManualClock implements Clock {
  #monotonic: number
  /** Milliseconds from monotonic time to wall time. */
  #wallAhead = MONOTONIC_BEHIND
  readonly #scheduled = new Set<Scheduled>()
  readonly #soon: (() => void)[] = []

  /** @param wallTime of the beginning, in milliseconds since 1970 */
  constructor(wallTime = 1_000_000) {
    this.#monotonic = wallTime - MONOTONIC_BEHIND
  }

  now(): number {
    return this.#monotonic + this.#wallAhead
  }

  monotonic(): number {
    return this.#monotonic
  }

  /**
   * Sets the wall clock, as an administrator or NTP does. Monotonic time and timers stay as they are.
   *
   * @param milliseconds forward, or back if negative
   */
  shiftWallTime(milliseconds: number): void {
    this.#wallAhead += milliseconds
  }

  after(milliseconds: number, action: () => void): () => void {
    return this.#schedule({ at: this.#monotonic + milliseconds, every: null, action })
  }

  every(milliseconds: number, action: () => void): () => void {
    return this.#schedule({ at: this.#monotonic + milliseconds, every: milliseconds, action })
  }

  soon(action: () => void): () => void {
    this.#soon.push(action)
    return () => {
      const at = this.#soon.indexOf(action)
      if (at >= 0) this.#soon.splice(at, 1)
    }
  }

  /** What is still scheduled: nothing, if everything was cleaned up. */
  get pending(): number {
    return this.#scheduled.size + this.#soon.length
  }

  /** Runs one turn of the event loop; false if there was nothing to do. */
  turn(): boolean {
    const action = this.#soon.shift()
    action?.()
    return action !== undefined
  }

  /** Runs turns until nothing is left to do, then lets promises settle. */
  async settle(): Promise<void> {
    do {
      while (this.turn());
      await new Promise((resolve) => setImmediate(resolve))
    } while (this.#soon.length > 0)
  }

  /** Lets time pass; what falls due runs at its time, in order. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#monotonic + milliseconds
    await this.settle()
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#monotonic = next.at
      if (next.every === null) this.#scheduled.delete(next)
      else next.at += next.every
      next.action()
      await this.settle()
    }
    this.#monotonic = end
  }

  #schedule(entry: Scheduled): () => void {
    this.#scheduled.add(entry)
    return () => {
      this.#scheduled.delete(entry)
    }
  }

  #next(end: number): Scheduled | undefined {
    return [...this.#scheduled].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }
}
