import { RecentCount } from './recent-count'

const WINDOW_SECONDS = 10

/** Counts records and the bytes of their keys and values, in all and per second over the last ten seconds. */
export class Throughput {
  readonly #recentRecords = new RecentCount(1000, WINDOW_SECONDS)
  readonly #recentBytes = new RecentCount(1000, WINDOW_SECONDS)
  #records = 0
  #bytes = 0

  /** Records so far. */
  get records(): number {
    return this.#records
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** @param nowMs monotonic */
  count(records: number, bytes: number, nowMs: number): void {
    this.#recentRecords.add(records, nowMs)
    this.#recentBytes.add(bytes, nowMs)
    this.#records += records
    this.#bytes += bytes
  }

  recordsPerSecond(nowMs: number): number {
    return this.#recentRecords.since(-Infinity, nowMs) / WINDOW_SECONDS
  }

  bytesPerSecond(nowMs: number): number {
    return this.#recentBytes.since(-Infinity, nowMs) / WINDOW_SECONDS
  }
}
