import { RecentCount } from './recent-count'

const WINDOW_SECONDS = 10

/** The part of a record that counts: the bytes of its key and its value. */
interface Weighed {
  readonly key: { readonly length: number } | null
  readonly value: { readonly length: number } | null
}

/** Counts records and their bytes, in all and per second over the last ten seconds. */
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
  add(records: readonly Weighed[], nowMs: number): void {
    let bytes = 0
    for (const { key, value } of records) bytes += (key?.length ?? 0) + (value?.length ?? 0)
    this.count(records.length, bytes, nowMs)
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
