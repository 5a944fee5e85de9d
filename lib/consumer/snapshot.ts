import { NO_PROGRESS, type Progress, type ShardState } from '../delivery/progress'
import { SlsKafkaError, type ErrorCode, type ReportedError } from '../errors'
import type { ConsumerState } from './state'

/** One shard at that moment, and the error that was reported last for it. */
export interface ShardSnapshot extends ShardState {
  readonly lastError: ReportedError | null
}

/**
 * The state of a consumer at one moment. The status, the report and the health of a consumer are made
 * from this and nothing else.
 */
export interface ConsumerSnapshot extends Progress {
  readonly state: ConsumerState
  /** How long the join has taken so far, and can take, in seconds; null if none is under way. */
  readonly join: { readonly seconds: number; readonly atMost: number } | null
  /** Shards that this consumer owns. */
  readonly shards: number
  /** Records a second. */
  readonly rate: number
  /** Bytes of keys and values a second. */
  readonly bytesPerSecond: number
  /** The delay of the shard that is furthest behind, also while the shard cannot be read. */
  readonly delaySeconds: number
  /** The group's leader assigns no shard of the logstore to any member. */
  readonly isLeftOut: boolean
  /** The service makes the client wait, or did so a few seconds ago. */
  readonly isThrottled: boolean
  /** Every shard was lately read to its end. */
  readonly isCaughtUp: boolean
  /** The user has paused every shard. */
  readonly isPaused: boolean
  /** How often the oldest record that is not done was sent: of all shards, the most. */
  readonly attempts: number
  /** The error that was reported last since the deploy; null if none was. */
  readonly lastError: ReportedError | null
  /** An error of a record in the last seconds; null if there was none. */
  readonly recordError: SlsKafkaError | null
  /** How many errors of each code were reported since the deploy. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>
  /** The shards of this consumer, ascending; while it has failed, those that it owned last. */
  readonly shardStates: readonly ShardSnapshot[]
}

/** The snapshot of a consumer that could not start, because its settings are wrong. */
export function snapshotOfConfigError(lastError: ReportedError): ConsumerSnapshot {
  return {
    ...NO_PROGRESS,
    state: { name: 'failed', error: new SlsKafkaError(lastError.code), nextTryAtMs: Infinity },
    join: null,
    shards: 0,
    rate: 0,
    bytesPerSecond: 0,
    delaySeconds: 0,
    isLeftOut: false,
    isThrottled: false,
    isCaughtUp: false,
    isPaused: false,
    attempts: 0,
    lastError,
    recordError: null,
    errors: { [lastError.code]: 1 },
    shardStates: [],
  }
}
