import { FETCH_MAX_BYTES } from './constants'

/** A response that takes longer is too large for its link. */
const SLOW_MS = 5_000
/** The link has room for twice as much if a response takes less. */
const QUICK_MS = 1_000

const LEAST_BYTES = 65_536

/**
 * How many bytes a fetch asks for: less on a slow link, where a response of the full size would take most of
 * a minute, and records would come in lumps.
 */
export class FetchSize {
  #bytes = FETCH_MAX_BYTES

  get bytes(): number {
    return this.#bytes
  }

  /**
   * @param bytes of a response
   * @param spanMs from the request until all of the response has come
   */
  arrived(bytes: number, spanMs: number): void {
    // A small one says nothing of the link: it may have waited for its records.
    if (bytes < this.#bytes / 2) return
    if (spanMs > SLOW_MS) this.#bytes = Math.max(LEAST_BYTES, this.#bytes / 2)
    else if (spanMs < QUICK_MS) this.#bytes = Math.min(FETCH_MAX_BYTES, this.#bytes * 2)
  }
}
