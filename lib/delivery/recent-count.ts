/** Counts events of the last moments, in a ring of time slots. Moments are monotonic. */
export class RecentCount {
  readonly #slotMs: number
  readonly #counts: number[]
  /** Number of the newest slot since the clock's zero. */
  #newest = 0

  /** The ring covers `slots * slotMs` milliseconds. */
  constructor(slotMs: number, slots: number) {
    this.#slotMs = slotMs
    this.#counts = new Array<number>(slots).fill(0)
  }

  add(count: number, nowMs: number): void {
    this.#advance(nowMs)
    const index = this.#newest % this.#counts.length
    this.#counts[index] = (this.#counts[index] ?? 0) + count
  }

  /** How many there were since a moment, which is rounded down to its slot. */
  since(momentMs: number, nowMs: number): number {
    this.#advance(nowMs)
    const { length } = this.#counts
    const oldest = Math.max(Math.floor(momentMs / this.#slotMs), this.#newest - length + 1, 0)
    let sum = 0
    for (let slot = oldest; slot <= this.#newest; slot++) sum += this.#counts[slot % length] ?? 0
    return sum
  }

  #advance(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs)
    const { length } = this.#counts
    const passed = Math.min(length, slot - this.#newest)
    for (let step = 1; step <= passed; step++) this.#counts[(slot - passed + step) % length] = 0
    if (passed > 0) this.#newest = slot
  }
}
