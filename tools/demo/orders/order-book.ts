import { orderNumber, placeOf } from './order-number'

export interface OrderCounts {
  /** Written into the logstore. */
  readonly given: number
  /** Of these, shard by shard, all up to the newest one that reached the flow. */
  readonly received: number
  /** How many different ones of the received orders the database holds. */
  readonly stored: number
  /** Received some time ago and not stored. Of a lost order nothing comes any more: it stays missing. */
  readonly missing: number
  /** Stored once more, which changes nothing in the database. */
  readonly repeated: number
}

/** An order is on its way through the flow for that long at most, when the database is up. */
export const ON_ITS_WAY_MS = 2_000

/**
 * What the endpoint was given, compared with what the database holds, order by order. It lives outside
 * of Node-RED, so that it survives whatever happens there.
 *
 * A shard is read in order. So once an order has reached the flow, every earlier one of its shard has
 * been read too, or has been skipped, which is as bad as lost: all of them count as received.
 */
export class OrderBook {
  readonly #shards: readonly { given: number; received: number }[]
  /** Received and not stored, with the time (unix ms) at which they counted as received. */
  readonly #open = new Map<string, number>()
  #repeated = 0
  #turn = 0
  readonly #now: () => number

  constructor(shards: number, now: () => number = Date.now) {
    this.#shards = Array.from({ length: shards }, () => ({ given: 0, received: 0 }))
    this.#now = now
  }

  /** The number of the next order to be written; shards take turns. */
  give(): string {
    const shard = this.#turn % this.#shards.length
    this.#turn += 1
    const entry = this.#shards[shard] ?? { given: 0, received: 0 }
    entry.given += 1
    return orderNumber({ shard, index: entry.given - 1 })
  }

  /** The flow has got it, maybe once more. False: no such order was ever given. */
  receive(number: string): boolean {
    const place = placeOf(number)
    const entry = place && this.#shards[place.shard]
    if (!entry || place.index >= entry.given) return false
    for (; entry.received <= place.index; entry.received += 1) {
      this.#open.set(orderNumber({ shard: place.shard, index: entry.received }), this.#now())
    }
    return true
  }

  /** The database has got it, maybe once more. False: no such order was ever given. */
  store(number: string): boolean {
    // The flow can store an order before it reports it as received.
    if (!this.receive(number)) return false
    if (!this.#open.delete(number)) this.#repeated += 1
    return true
  }

  counts(): OrderCounts {
    const sum = (key: 'given' | 'received'): number =>
      this.#shards.reduce((total, entry) => total + entry[key], 0)
    const latest = this.#now() - ON_ITS_WAY_MS
    const received = sum('received')
    return {
      given: sum('given'),
      received,
      stored: received - this.#open.size,
      missing: [...this.#open.values()].filter((time) => time <= latest).length,
      repeated: this.#repeated,
    }
  }
}
