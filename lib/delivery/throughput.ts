import { RecentCount } from './recent-count'

const WINDOW_SECONDS = 10

/** The part of a record that counts: the bytes of its key and its value. */
interface Weighed {
  readonly key: { readonly length: number } | null
  readonly value: { readonly length: number } | null
}

/** Records and bytes a second that one shard has sent to the flow, over the last ten seconds. */
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
    this.#recentRecords.add(records.length, nowMs)
    this.#recentBytes.add(bytes, nowMs)
    this.#records += records.length
    this.#bytes += bytes
  }

  recordsPerSecond(nowMs: number): number {
    return this.#recentRecords.since(-Infinity, nowMs) / WINDOW_SECONDS
  }

  bytesPerSecond(nowMs: number): number {
    return this.#recentBytes.since(-Infinity, nowMs) / WINDOW_SECONDS
  }
}
