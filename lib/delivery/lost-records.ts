import type { Clock } from '../clock'

/** The time without an outcome after which the remaining records count as lost. */
const GRACE_MS = 5_000

const CHECK_INTERVAL_MS = 500

/** The messages that the flow had at a monotonic time and has not acknowledged. */
export interface Unfinished {
  /** Counts the messages. */
  count(sentBeforeMs: number): number
  /** Sends the messages again. @returns how many records */
  resend(sentBeforeMs: number): number
}

/**
 * Sends records again that restarted nodes of the flow have lost. Other nodes still work on their records,
 * and look the same from here. So records count as lost when no outcome has come for a while.
 */
export class LostRecords {
  readonly #clock: Clock
  readonly #unfinished: Unfinished
  #end: (() => void) | null = null

  constructor(clock: Clock, unfinished: Unfinished) {
    this.#clock = clock
    this.#unfinished = unfinished
  }

  /** @returns how many records were sent again; 0 if all had an outcome, or after another restart */
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
      const stopChecking = this.#clock.every(CHECK_INTERVAL_MS, () => {
        const nowMs = this.#clock.monotonic()
        const count = this.#unfinished.count(sentBeforeMs)
        if (count < left) quietSinceMs = nowMs
        left = count
        if (count === 0) settle(0)
        else if (nowMs - quietSinceMs >= GRACE_MS) settle(this.#unfinished.resend(sentBeforeMs))
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
