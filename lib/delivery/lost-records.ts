import type { Clock } from '../clock'

/** Milliseconds without an outcome of anything that the flow had before. */
const GRACE = 5_000

const CHECK_INTERVAL = 500

/** What the flow had at a monotonic moment and has not acknowledged. */
export interface Unfinished {
  /** Counts the messages. */
  count(sentBeforeMs: number): number
  /** Sends the messages again. @returns how many records */
  resend(sentBeforeMs: number): number
}

/**
 * After nodes of the flow were restarted: what they held is lost, and other nodes still work on what they hold.
 * Which is which cannot be seen, so that lost records are sent again when no outcome has come for a while.
 */
export class LostRecords {
  readonly #clock: Clock
  readonly #unfinished: Unfinished
  #end: (() => void) | null = null

  constructor(clock: Clock, unfinished: Unfinished) {
    this.#clock = clock
    this.#unfinished = unfinished
  }

  /** @returns how many records were sent again: none if all had an outcome, or there was another restart */
  restarted(): Promise<number> {
    this.end()
    return new Promise((resolve) => {
      const sentBeforeMs = this.#clock.monotonic()
      let left = this.#unfinished.count(sentBeforeMs)
      let quietSinceMs = sentBeforeMs
      const settle = (records: number): void => {
        stopChecking()
        this.#end = null
        resolve(records)
      }
      const stopChecking = this.#clock.every(CHECK_INTERVAL, () => {
        const nowMs = this.#clock.monotonic()
        const count = this.#unfinished.count(sentBeforeMs)
        if (count < left) quietSinceMs = nowMs
        left = count
        if (count === 0) settle(0)
        else if (nowMs - quietSinceMs >= GRACE) settle(this.#unfinished.resend(sentBeforeMs))
      })
      this.#end = () => {
        settle(0)
      }
    })
  }

  end(): void {
    this.#end?.()
  }
}
