import type { Clock } from '../clock'
import type { ErrorCode, SlsKafkaError } from '../errors'

export interface FailureReportPorts {
  readonly clock: Clock
  /** Once per cause, not once per try. @param nextTry seconds; null if the client is still trying */
  readonly onFailure: (error: SlsKafkaError, nextTry: number | null) => void
  /** Records flow again. @param after seconds since the failure */
  readonly onRecovered: (after: number) => void
}

/** Tells of a failure of reading, each of its causes once, and of its end. */
export class FailureReport {
  readonly #ports: FailureReportPorts
  readonly #told = new Set<ErrorCode>()
  #since = 0

  constructor(ports: FailureReportPorts) {
    this.#ports = ports
  }

  /** Something was told, and nothing has been read since. */
  get isOpen(): boolean {
    return this.#told.size > 0
  }

  /** @param since when it began, ms since 1970; that of the first cause counts */
  tell(error: SlsKafkaError, nextTry: number | null, since: number): void {
    if (this.#told.has(error.code)) return
    if (!this.isOpen) this.#since = since
    this.#told.add(error.code)
    this.#ports.onFailure(error, nextTry)
  }

  recovered(): void {
    if (!this.isOpen) return
    this.#told.clear()
    this.#ports.onRecovered(Math.round((this.#ports.clock.now() - this.#since) / 1000))
  }

  /** Whatever comes is news. */
  forget(): void {
    this.#told.clear()
  }
}
