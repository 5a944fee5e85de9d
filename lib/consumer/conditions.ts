import type { Progress } from '../delivery/progress'
import type { ErrorCode, SlsKafkaError } from '../errors'
import type { UnreadableSpan } from '../kafka/source'
import type { ConsumerSnapshot } from './snapshot'

/** Milliseconds that the error of a record stays visible in the status. */
const RECORD_ERROR_SHOWN = 10_000

/** Milliseconds after a throttle time in which another one belongs to the same throttling. */
const THROTTLING_LINGERS = 10_000

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
  #throttledUntilMs = -Infinity
  #recordError: { readonly error: SlsKafkaError; readonly atMs: number } | null = null
  #isLeftOut = false

  /** The shards that cannot be read, in the order in which they failed. */
  get failingShards(): ReadonlyMap<number, FailingShard> {
    return this.#failingShards
  }

  /** Ends all conditions, because a new run begins. */
  clear(): void {
    this.#failingShards.clear()
    this.#throttledUntilMs = -Infinity
    this.#recordError = null
    this.#isLeftOut = false
  }

  /** @param shards all that this consumer owns from now on */
  assigned(shards: readonly number[]): void {
    for (const shard of this.#failingShards.keys()) {
      if (!shards.includes(shard)) this.#failingShards.delete(shard)
    }
    if (shards.length > 0) this.#isLeftOut = false
  }

  shardFailed(shard: number, failure: FailingShard): void {
    this.#failingShards.set(shard, failure)
  }

  /** Ends the failure of a shard that was read or moved. @returns whether it was failing */
  shardRecovered(shard: number): boolean {
    return this.#failingShards.delete(shard)
  }

  /** @param isLeftOut the group's leader assigns no shard of the logstore to any member */
  leftOut(isLeftOut: boolean): void {
    this.#isLeftOut = isLeftOut
  }

  /** @param milliseconds that the service asks the client to wait */
  throttled(milliseconds: number, nowMs: number): void {
    const untilMs = nowMs + milliseconds + THROTTLING_LINGERS
    this.#throttledUntilMs = Math.max(this.#throttledUntilMs, untilMs)
  }

  isThrottled(nowMs: number): boolean {
    return nowMs < this.#throttledUntilMs
  }

  /** Notes a record that could not be decoded, sent or kept. */
  recordFailed(error: SlsKafkaError, nowMs: number): void {
    this.#recordError = { error, atMs: nowMs }
  }

  /** Why the shard is failing; null if it is not. */
  codeOf(shard: number): ErrorCode | null {
    return this.#failingShards.get(shard)?.error.code ?? null
  }

  /** Adds the failing shards to those that a record stops. */
  addedTo(progress: Progress): Progress {
    const [first] = this.#failingShards.values()
    if (!first) return progress
    const stoppedShards = new Set([...this.#failingShards.keys(), ...progress.stoppedShards])
    return { ...progress, stoppedShards: [...stoppedShards], stoppedBy: first.error.code }
  }

  at(nowMs: number): Pick<ConsumerSnapshot, 'isLeftOut' | 'isThrottled' | 'recordError'> {
    const record = this.#recordError
    return {
      isLeftOut: this.#isLeftOut,
      isThrottled: this.isThrottled(nowMs),
      recordError: record && nowMs - record.atMs < RECORD_ERROR_SHOWN ? record.error : null,
    }
  }
}
