import type { DeliveryPipeline } from '../delivery/pipeline'
import { NO_PROGRESS, type Progress, type ShardState } from '../delivery/progress'
import type { ShardMemory } from '../delivery/shard-memory'
import type { UserPause } from '../delivery/user-pause'
import { SlsKafkaError, type ErrorCode, type ReportedError } from '../errors'
import { maxOf, sum } from '../numbers'
import type { Conditions } from './conditions'
import type { ErrorReporter } from './error-reporter'
import { membershipOf, type ConsumerState } from './state'

/** The state of one shard in a snapshot, and the error that was reported last for it. */
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
  /** Attempts of the oldest record that is not done; the largest number of all shards. */
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

/** The parts of a consumer that a snapshot reads. */
export interface ConsumerParts {
  readonly state: ConsumerState
  /** The pipeline of the current membership; null between two memberships. */
  readonly pipeline: DeliveryPipeline | null
  readonly memory: ShardMemory
  readonly userPause: UserPause
  readonly conditions: Conditions
  readonly reporter: ErrorReporter
  readonly rebalanceTimeoutMs: number
}

/** Takes a snapshot of a consumer. @param nowMs monotonic */
export function takeSnapshot(parts: ConsumerParts, nowMs: number): ConsumerSnapshot {
  const { state, pipeline, memory, userPause, conditions, reporter } = parts
  const shards = pipeline?.shardStates() ?? []
  const isJoined = membershipOf(state) !== null && shards.length > 0
  return {
    state,
    join: joinOf(parts, nowMs),
    shards: shards.length,
    rate: sum(shards.map(({ rate }) => rate)),
    bytesPerSecond: sum(shards.map(({ bytesPerSecond }) => bytesPerSecond)),
    delaySeconds: memory.delaySeconds,
    isCaughtUp: memory.isCaughtUp,
    isPaused: isJoined ? shards.every(({ isPaused }) => isPaused) : userPause.isOfNewShards,
    attempts: maxOf(
      shards.map(({ attempts }) => attempts),
      0,
    ),
    ...(pipeline ? conditions.addTo(pipeline.progress(nowMs)) : NO_PROGRESS),
    ...conditions.stateAt(nowMs),
    lastError: reporter.lastReported,
    errors: reporter.counts,
    shardStates: (shards.length > 0 ? shards : memory.lastStates(userPause)).map((shard) => ({
      ...shard,
      stoppedBy: shard.stoppedBy ?? conditions.shardErrorCode(shard.shard),
      lastError: reporter.lastReportedOf(shard.shard),
    })),
  }
}

function joinOf(
  { state, rebalanceTimeoutMs }: ConsumerParts,
  nowMs: number,
): ConsumerSnapshot['join'] {
  if (state.name !== 'joining') return null
  return { seconds: (nowMs - state.sinceMs) / 1000, atMost: rebalanceTimeoutMs / 1000 }
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
