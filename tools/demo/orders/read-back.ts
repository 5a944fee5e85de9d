import { placeOf } from './order-number'

export interface ReadBackCounts {
  /** How many different orders were written by the flow and read back. */
  readonly readBack: number
  /** Made some time ago and not read back. An order that is lost stays missing. */
  readonly readBackMissing: number
  /** Read back once more. */
  readonly readBackTwice: number
}

/** An order is made, read, written and read back within that time, when the endpoint is up. */
export const WRITTEN_WITHIN_MS = 10_000

/** Compares the orders that the shop has made with those that the flow has written and read back. */
export class ReadBack {
  readonly #open = new Map<string, number>()
  readonly #now: () => number
  #readBack = 0
  #readBackTwice = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Notes an order that the shop makes. */
  expect(order: string): void {
    this.#open.set(order, this.#now())
  }

  /** Notes an order that was read back, maybe once more. False: it is not the number of an order. */
  receive(order: string): boolean {
    if (!placeOf(order)) return false
    if (this.#open.delete(order)) this.#readBack += 1
    else this.#readBackTwice += 1
    return true
  }

  counts(): ReadBackCounts {
    const latest = this.#now() - WRITTEN_WITHIN_MS
    return {
      readBack: this.#readBack,
      readBackMissing: [...this.#open.values()].filter((time) => time <= latest).length,
      readBackTwice: this.#readBackTwice,
    }
  }
}
