import type { Progress } from '../delivery/progress'
import type { ErrorCode, SlsKafkaError } from '../errors'
import type { UnreadableSpan } from '../kafka/log-source'
import { Throttling } from '../throttling'
import type { ConsumerSnapshot } from './snapshot'

/** Milliseconds that the error of a record stays visible in the status. */
const RECORD_ERROR_SHOWN_MS = 10_000

/** The failure of a shard while others can be read. */
export interface FailingShard {
  readonly error: SlsKafkaError
  /** The records that cannot be decoded; null if the service or the network fails. */
  readonly unreadable: UnreadableSpan | null
}

/**
 * Conditions that limit consumption while the membership itself is healthy: failing shards, throttling,
 * no assignment, and the error of a record a moment ago. All times are monotonic.
 */
export class Conditions {
  readonly #failingShards = new Map<number, FailingShard>()
  readonly #throttling = new Throttling()
  #recordError: { readonly error: SlsKafkaError; readonly atMs: number } | null = null
  #isLeftOut = false

  /** The shards that cannot be read, in the order in which they failed. */
  get failingShards(): ReadonlyMap<number, FailingShard> {
    return this.#failingShards
  }

  /** Ends all conditions, because a new run begins. */
  clear(): void {
    this.#failingShards.clear()
    this.#throttling.end()
    this.#recordError = null
    this.#isLeftOut = false
  }

  /** Ends the failures of shards that the consumer no longer owns. @param shards all owned shards */
  setAssignment(shards: readonly number[]): void {
    for (const shard of this.#failingShards.keys()) {
      if (!shards.includes(shard)) this.#failingShards.delete(shard)
    }
    if (shards.length > 0) this.#isLeftOut = false
  }

  /** Begins the failure of a shard. */
  addFailingShard(shard: number, failure: FailingShard): void {
    this.#failingShards.set(shard, failure)
  }

  /** Ends the failure of a shard that was read or moved. @returns whether it was failing */
  removeFailingShard(shard: number): boolean {
    return this.#failingShards.delete(shard)
  }

  /** Sets whether the group's leader assigns no shard of the logstore to any member. */
  setLeftOut(isLeftOut: boolean): void {
    this.#isLeftOut = isLeftOut
  }

  /** Begins or extends a throttling. @param milliseconds throttle time of a response */
  setThrottled(milliseconds: number, nowMs: number): void {
    this.#throttling.extend(milliseconds, nowMs)
  }

  /** Whether the service throttles the client, or did so a few seconds ago. */
  isThrottled(nowMs: number): boolean {
    return this.#throttling.isActive(nowMs)
  }

  /** Sets the error of a record that could not be decoded, sent or kept. */
  setRecordError(error: SlsKafkaError, nowMs: number): void {
    this.#recordError = { error, atMs: nowMs }
  }

  /** The error code of a failing shard; null if the shard is not failing. */
  shardErrorCode(shard: number): ErrorCode | null {
    return this.#failingShards.get(shard)?.error.code ?? null
  }

  /** Adds the failing shards to those that a record stops. */
  addTo(progress: Progress): Progress {
    const [first] = this.#failingShards.values()
    if (!first) return progress
    const stoppedShards = new Set([...this.#failingShards.keys(), ...progress.stoppedShards])
    return { ...progress, stoppedShards: [...stoppedShards], stoppedBy: first.error.code }
  }

  /** The conditions of a snapshot. */
  stateAt(nowMs: number): Pick<ConsumerSnapshot, 'isLeftOut' | 'isThrottled' | 'recordError'> {
    const record = this.#recordError
    return {
      isLeftOut: this.#isLeftOut,
      isThrottled: this.isThrottled(nowMs),
      recordError: record && nowMs - record.atMs < RECORD_ERROR_SHOWN_MS ? record.error : null,
    }
  }
}
