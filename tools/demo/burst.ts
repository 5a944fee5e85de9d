import type { Append } from './endpoint'
import { feedBurst } from './feed'
import type { Answer } from './local-server'
import { burstLogs } from './logs/shop'

const MAX_BURST = 100_000

/** Writes many records into the logstore while everything else goes on; one burst at a time. */
export class Bursts {
  readonly #append: Append
  readonly #stopping = new AbortController()
  #count = 0
  #current: Promise<void> | null = null

  constructor(append: Append) {
    this.#append = append
  }

  /** Answers at once. */
  start(records: number): Answer {
    if (!Number.isInteger(records) || records < 1 || records > MAX_BURST) {
      return { status: 400, body: { error: `a burst has 1 to ${MAX_BURST} records` } }
    }
    if (this.#current) {
      return { status: 409, body: { error: `burst ${this.#count} is still being written` } }
    }
    this.#count += 1
    const burst = { count: records, signal: this.#stopping.signal }
    this.#current = feedBurst(burstLogs(this.#count), this.#append, burst)
      // Without an endpoint there is no demo: it ends and says why.
      .catch(() => undefined)
      .finally(() => (this.#current = null))
    return { status: 202, body: { burst: this.#count, records } }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#current
  }
}
