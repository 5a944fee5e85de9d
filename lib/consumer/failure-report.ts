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
  /** Monotonic, as is the next one. */
  #sinceMs = 0
  /** When the first shard failed; null if the end of it is not told: reading as a whole failed later. */
  #shardsSinceMs: number | null = null

  constructor(ports: FailureReportPorts, failedShards: FailedShards) {
    this.#ports = ports
    this.#failedShards = failedShards
  }

  /** Something has failed, and nothing has been read since. */
  get isOpen(): boolean {
    return this.#told.size > 0
  }

  /** @param sinceMs when it began, monotonic; that of the first cause counts */
  tell(error: SlsKafkaError, nextTry: number | null, sinceMs: number): void {
    if (this.#told.has(error.code)) return
    if (!this.isOpen) this.#sinceMs = sinceMs
    this.#told.add(error.code)
    this.#shardsSinceMs = null
    if (!this.#failedShards.has(error)) this.#ports.onFailure(error, nextTry)
  }

  /** A shard cannot be read while others can, or before it is known that none can. */
  shardFailed(shard: number, error: SlsKafkaError, unreadable: UnreadableSpan | null): void {
    if (this.#failedShards.isEmpty)
      this.#shardsSinceMs = this.isOpen ? null : this.#ports.clock.monotonic()
    const isNews = this.#failedShards.add(shard, error, unreadable)
    if (isNews && !this.#told.has(error.code)) this.#ports.onFailure(error, null)
  }

  /** A shard was read: with the last of those that failed, all is well. */
  shardRead(shard: number): void {
    if (!this.#failedShards.forget(shard)) return
    if (this.#failedShards.isEmpty && this.#shardsSinceMs !== null)
      this.#tellEnd(this.#shardsSinceMs)
  }

  recovered(): void {
    if (!this.isOpen) return
    this.#told.clear()
    this.#tellEnd(this.#sinceMs)
  }

  /** Whatever comes is news. */
  forget(): void {
    this.#told.clear()
  }

  #tellEnd(sinceMs: number): void {
    this.#ports.onRecovered(Math.round((this.#ports.clock.monotonic() - sinceMs) / 1000))
  }
}
