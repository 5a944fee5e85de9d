import { SlsKafkaError } from '../errors'
import type { Retrying } from '../delivery/progress'

/** Warns once that the flow fails with a record for very long, until it fails with none. */
export class RetryWatch {
  readonly #warn: (warning: SlsKafkaError) => void
  #isTold = false

  constructor(warn: (warning: SlsKafkaError) => void) {
    this.#warn = warn
  }

  /** @param isExpected a record that failed before a membership ended is yet to be sent again */
  check(retrying: Retrying | null, isExpected: boolean): void {
    if (!retrying) {
      this.#isTold &&= isExpected
      return
    }
    if (this.#isTold) return
    this.#isTold = true
    const { shard, offset, attempts, seconds } = retrying
    this.#warn(new SlsKafkaError('SLS_RETRYING', { shard, offset, attempts, seconds }))
  }
}
