import type { Clock } from '../../clock'
import {
  FETCH_MAX_WAIT_MS,
  IDLE_AFTER_MS,
  IDLE_FETCH_MAX_WAIT_MS,
  FETCH_MAX_BYTES,
} from '../constants'
import type { FetchState } from './fetch-state'

/** The limit is halved after a response that took longer. */
const SLOW_MS = 5_000
/** The limit is doubled after a response that took less. */
const QUICK_MS = 1_000

const LEAST_BYTES = 65_536

/**
 * Adapts `max.bytes` of a fetch to the link. On a slow link a response of the full size would take most of a
 * minute.
 */
export class FetchMaxBytes {
  #bytes = FETCH_MAX_BYTES

  get bytes(): number {
    return this.#bytes
  }

  /**
   * @param bytes of a response
   * @param spanMs from the request until all of the response has come
   */
  arrived(bytes: number, spanMs: number): void {
    // The time of a small response does not measure the link: the service may have waited for records.
    if (bytes < this.#bytes / 2) return
    if (spanMs > SLOW_MS) this.#bytes = Math.max(LEAST_BYTES, this.#bytes / 2)
    else if (spanMs < QUICK_MS) this.#bytes = Math.min(FETCH_MAX_BYTES, this.#bytes * 2)
  }
}

/** Wait while a shard is paused, because that shard can be resumed at any moment. */
const PAUSED_MAX_WAIT_MS = 100

/**
 * Adapts `max.wait.ms` of a fetch. The wait is short while a shard is paused, because a resumed shard is
 * fetched by the next request. The wait is long while no records arrive, because each fetch costs processor
 * time.
 */
export class FetchMaxWait {
  readonly #clock: Clock
  /** Monotonic: when a response had records. */
  #lastRecordsMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lastRecordsMs = clock.monotonic()
  }

  responded(hasRecords: boolean): void {
    if (hasRecords) this.#lastRecordsMs = this.#clock.monotonic()
  }

  /** Wait of a fetch that is sent before the last response is read, which can pause shards. */
  get ahead(): number {
    return PAUSED_MAX_WAIT_MS
  }

  /** @param shards all that are assigned @returns milliseconds */
  next(shards: readonly FetchState[]): number {
    if (shards.some(({ isPaused }) => isPaused)) return PAUSED_MAX_WAIT_MS
    const now = this.#clock.monotonic()
    // A failing shard is asked for with the next fetch after its backoff.
    const isFailing = shards.some(({ failingSinceMs }) => failingSinceMs !== null)
    if (isFailing || now - this.#lastRecordsMs < IDLE_AFTER_MS) return FETCH_MAX_WAIT_MS
    return IDLE_FETCH_MAX_WAIT_MS
  }
}
