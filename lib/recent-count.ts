/** Counts recent events in a ring of time slots. Times are monotonic. */
export class RecentCount {
  readonly #slotMs: number
  readonly #length: number
  /** Empty until the first event, because most of many shards are idle. */
  #counts: number[] = []
  /** Number of the newest slot since the clock's zero. */
  #newest = 0

  /** The ring covers `slots * slotMs` milliseconds. */
  constructor(slotMs: number, slots: number) {
    this.#slotMs = slotMs
    this.#length = slots
  }

  add(count: number, nowMs: number): void {
    if (this.#counts.length === 0) this.#counts = new Array<number>(this.#length).fill(0)
    this.#advance(nowMs)
    const index = this.#newest % this.#length
    this.#counts[index] = (this.#counts[index] ?? 0) + count
  }

  /** Number of events since a time, which is rounded down to its slot. */
  since(momentMs: number, nowMs: number): number {
    if (this.#counts.length === 0) return 0
    this.#advance(nowMs)
    const oldest = Math.max(Math.floor(momentMs / this.#slotMs), this.#newest - this.#length + 1, 0)
    let sum = 0
    for (let slot = oldest; slot <= this.#newest; slot++) {
      sum += this.#counts[slot % this.#length] ?? 0
    }
    return sum
  }

  #advance(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs)
    const passed = Math.min(this.#length, slot - this.#newest)
    for (let step = 1; step <= passed; step++) {
      this.#counts[(slot - passed + step) % this.#length] = 0
    }
    if (passed > 0) this.#newest = slot
  }
}
