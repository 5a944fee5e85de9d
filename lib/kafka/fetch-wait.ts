import type { Clock } from '../clock'
import { FETCH_MAX_WAIT, IDLE_AFTER, IDLE_FETCH_MAX_WAIT } from './constants'
import type { FetchShard } from './fetch-shard'

/** Milliseconds while some shard is paused, which can be resumed at any moment. */
const WAIT_WHILE_PAUSED = 100

/**
 * How long the service can wait for a record before it answers a fetch. A shard that is resumed is asked for
 * with the next fetch, so that the wait is short while one is paused. Each fetch costs processor time, so
 * that it is long while nothing comes.
 */
export class FetchWait {
  readonly #clock: Clock
  /** Monotonic: when a response had records. */
  #lastRecordsMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lastRecordsMs = clock.monotonic()
  }

  answered(hasRecords: boolean): void {
    if (hasRecords) this.#lastRecordsMs = this.#clock.monotonic()
  }

  /** Milliseconds for a fetch that is sent before the last response is read: that can pause shards. */
  get ahead(): number {
    return WAIT_WHILE_PAUSED
  }

  /** @param shards all that are assigned @returns milliseconds */
  next(shards: readonly FetchShard[]): number {
    if (shards.some(({ isPaused }) => isPaused)) return WAIT_WHILE_PAUSED
    const now = this.#clock.monotonic()
    // A failing shard is asked for with the next fetch after its back-off.
    const isFailing = shards.some(({ failingSinceMs }) => failingSinceMs !== null)
    if (isFailing || now - this.#lastRecordsMs < IDLE_AFTER) return FETCH_MAX_WAIT
    return IDLE_FETCH_MAX_WAIT
  }
}
