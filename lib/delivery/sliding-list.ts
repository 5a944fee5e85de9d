/** Removed elements at the beginning are dropped once there are as many as this. */
const LEAST_DROPPED = 1_024

/**
 * A list whose indexes go on: the elements at the beginning are removed and others are added at the end. A Map
 * with the indexes as keys takes five times as long.
 */
export class SlidingList<T extends object> {
  /** Element `#base + i` is at index i. */
  #slots: (T | undefined)[] = []
  #base = 0
  /** Index in `#slots` of the first element. */
  #head = 0
  #size = 0

  /** Number of elements. */
  get size(): number {
    return this.#size
  }

  /** The element with the lowest index; null if there is none. */
  get first(): T | null {
    return this.#slots[this.#head] ?? null
  }

  get(index: number): T | null {
    return this.#slots[index - this.#base] ?? null
  }

  /** Adds or replaces an element. @param index not before the first element */
  set(index: number, element: T): void {
    if (this.#size === 0) this.#restart(index)
    const at = index - this.#base
    while (this.#slots.length < at) this.#slots.push(undefined)
    if (this.#slots[at] === undefined) this.#size++
    this.#slots[at] = element
  }

  /** @returns whether there was an element */
  delete(index: number): boolean {
    const at = index - this.#base
    if (this.#slots[at] === undefined) return false
    this.#slots[at] = undefined
    this.#size--
    if (at === this.#head) this.#advance()
    return true
  }

  /** The elements in the order of their indexes. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let at = this.#head; at < this.#slots.length; at++) {
      const element = this.#slots[at]
      if (element !== undefined) yield element
    }
  }

  #restart(index: number): void {
    this.#slots = []
    this.#base = index
    this.#head = 0
  }

  #advance(): void {
    while (this.#head < this.#slots.length && this.#slots[this.#head] === undefined) this.#head++
    if (this.#head < LEAST_DROPPED || this.#head * 2 < this.#slots.length) return
    this.#slots = this.#slots.slice(this.#head)
    this.#base += this.#head
    this.#head = 0
  }
}
