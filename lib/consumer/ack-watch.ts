import { SlsKafkaError } from '../errors'
import type { AckOptions } from '../config/consumer-options'
import type { Progress } from '../delivery/progress'

/** Warns once that the flow seems to have forgotten records, until it answers again. */
export class AckWatch {
  readonly #maxInFlight: number
  readonly #warn: (warning: SlsKafkaError) => void
  #isTold = false

  constructor({ maxInFlight }: AckOptions, warn: (warning: SlsKafkaError) => void) {
    this.#maxInFlight = maxInFlight
    this.#warn = warn
  }

  check({ inFlight, unanswered }: Progress): void {
    if (!unanswered?.isFull) {
      this.#isTold &&= unanswered !== null
      return
    }
    if (this.#isTold) return
    this.#isTold = true
    const { shard, offset, seconds } = unanswered
    const params = { inFlight, max: this.#maxInFlight, shard, offset, seconds }
    this.#warn(new SlsKafkaError('SLS_ACK_MISSING', params))
  }
}
