import type { Clock } from '../../lib/clock'

interface Scheduled {
  at: number
  readonly every: number | null
  readonly action: () => void
}

/** Milliseconds between the beginnings of both counts, so that nobody takes one for the other. */
const MONOTONIC_BEHIND = 900_000

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now: number
  readonly #scheduled = new Set<Scheduled>()
  readonly #soon: (() => void)[] = []

  constructor(now = 1_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now - MONOTONIC_BEHIND
  }

  after(milliseconds: number, action: () => void): () => void {
    return this.#schedule({ at: this.#now + milliseconds, every: null, action })
  }

  every(milliseconds: number, action: () => void): () => void {
    return this.#schedule({ at: this.#now + milliseconds, every: milliseconds, action })
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
    const end = this.#now + milliseconds
    await this.settle()
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = next.at
      if (next.every === null) this.#scheduled.delete(next)
      else next.at += next.every
      next.action()
      await this.settle()
    }
    this.#now = end
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
