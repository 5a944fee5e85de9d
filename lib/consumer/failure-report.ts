import type { Clock } from '../clock'
import type { ErrorCode, SlsKafkaError } from '../errors'
import type { UnreadableSpan } from '../kafka/source'
import type { FailedShards } from './failed-shards'

export interface FailureReportPorts {
  readonly clock: Clock
  /** Once per cause, not once per try. @param nextTry seconds; null if the client is still trying */
  readonly onFailure: (error: SlsKafkaError, nextTry: number | null) => void
  /** Records flow again. @param after seconds since the failure */
  readonly onRecovered: (after: number) => void
}

/** Tells of a failure of reading or of shards, each of its causes once, and of the former's end. */
export class FailureReport {
  readonly #ports: FailureReportPorts
  readonly #failedShards: FailedShards
  readonly #told = new Set<ErrorCode>()
  #since = 0

  constructor(ports: FailureReportPorts, failedShards: FailedShards) {
    this.#ports = ports
    this.#failedShards = failedShards
  }

  /** Something has failed, and nothing has been read since. */
  get isOpen(): boolean {
    return this.#told.size > 0
  }

  /** @param since when it began, ms since 1970; that of the first cause counts */
  tell(error: SlsKafkaError, nextTry: number | null, since: number): void {
    if (this.#told.has(error.code)) return
    if (!this.isOpen) this.#since = since
    this.#told.add(error.code)
    if (!this.#failedShards.has(error)) this.#ports.onFailure(error, nextTry)
  }

  /** A shard cannot be read while others can, or before it is known that none can. */
  shardFailed(shard: number, error: SlsKafkaError, unreadable: UnreadableSpan | null): void {
    const isNews = this.#failedShards.add(shard, error, unreadable)
    if (isNews && !this.#told.has(error.code)) this.#ports.onFailure(error, null)
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
