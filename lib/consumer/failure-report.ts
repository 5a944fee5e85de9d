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

/** Tells of a failure of reading or of shards, each of its causes once, and of its end. */
export class FailureReport {
  readonly #ports: FailureReportPorts
  readonly #failedShards: FailedShards
  readonly #told = new Set<ErrorCode>()
  #since = 0
  /** When the first shard failed; null if the end of it is not told: reading as a whole failed later. */
  #shardsSince: number | null = null

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
    this.#shardsSince = null
    if (!this.#failedShards.has(error)) this.#ports.onFailure(error, nextTry)
  }

  /** A shard cannot be read while others can, or before it is known that none can. */
  shardFailed(shard: number, error: SlsKafkaError, unreadable: UnreadableSpan | null): void {
    if (this.#failedShards.isEmpty) this.#shardsSince = this.isOpen ? null : this.#ports.clock.now()
    const isNews = this.#failedShards.add(shard, error, unreadable)
    if (isNews && !this.#told.has(error.code)) this.#ports.onFailure(error, null)
  }

  /** A shard was read: with the last of those that failed, all is well. */
  shardRead(shard: number): void {
    if (!this.#failedShards.forget(shard)) return
    if (this.#failedShards.isEmpty && this.#shardsSince !== null) this.#tellEnd(this.#shardsSince)
  }

  recovered(): void {
    if (!this.isOpen) return
    this.#told.clear()
    this.#tellEnd(this.#since)
  }

  /** Whatever comes is news. */
  forget(): void {
    this.#told.clear()
  }

  #tellEnd(since: number): void {
    this.#ports.onRecovered(Math.round((this.#ports.clock.now() - since) / 1000))
  }
}
