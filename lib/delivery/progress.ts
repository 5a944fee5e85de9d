import type { ErrorCode } from '../errors'

/** The flow's progress with the records that it received. */
export interface Progress {
  /** Records sent to the flow and not done. */
  readonly inFlight: number
  /** Seconds since the oldest record in flight was first sent; 0 if none is in flight. */
  readonly oldestSeconds: number
  /** Shards that an exhausted or rejected record stops. */
  readonly stoppedShards: readonly number[]
  /** Why the first of these shards is stopped; null if there are none. */
  readonly stoppedBy: ErrorCode | null
  /** Acks, nacks and rejects that came too late to count, since the group was joined. */
  readonly staleAcks: number
  /** Whether a record has failed and is not done. */
  readonly isRetrying: boolean
  /** When a record is sent again next, ms since 1970; null if none waits for that. */
  readonly nextAttemptAt: number | null
  /** The record that has failed for over a minute; null if there is none. */
  readonly retrying: Retrying | null
  /** Records that have waited over a minute for an outcome; null if there are none. */
  readonly unanswered: Unanswered | null
}

/** Records that have waited very long for an ack, in a shard without any outcome meanwhile. */
export interface Unanswered {
  readonly shard: number
  /** Offset of the oldest of these records. */
  readonly offset: string
  readonly seconds: number
  /** Whether the shard is not read any more. */
  readonly isFull: boolean
}

/** A record that is not done long after its first attempt failed. */
export interface Retrying {
  readonly shard: number
  readonly offset: string
  readonly attempts: number
  /** Seconds since the first attempt failed. */
  readonly seconds: number
}

export const NO_PROGRESS: Progress = {
  inFlight: 0,
  oldestSeconds: 0,
  stoppedShards: [],
  stoppedBy: null,
  staleAcks: 0,
  isRetrying: false,
  nextAttemptAt: null,
  retrying: null,
  unanswered: null,
}

/** The flow's progress with one shard. */
export interface ShardProgress {
  /** Records sent to the flow and not done. */
  readonly inFlight: number
  /** Seconds since the oldest record in flight was first sent; 0 if none is in flight. */
  readonly oldestSeconds: number
  /** Attempts of the record with the lowest offset that is not done; 0 if all are done. */
  readonly attempts: number
  /** When a record is sent again next, ms since 1970; null if none waits for that. */
  readonly nextAttemptAt: number | null
  /** Why a record stops the shard; null if none does. */
  readonly stoppedBy: ErrorCode | null
}

export const NOTHING_IN_FLIGHT: ShardProgress = {
  inFlight: 0,
  oldestSeconds: 0,
  attempts: 0,
  nextAttemptAt: null,
  stoppedBy: null,
}

/** The state of one shard that this consumer owns. */
export interface ShardState extends ShardProgress {
  readonly shard: number
  /** The offset to read next; null before the first response with records. */
  readonly position: bigint | null
  /** The offset that this node committed last; null if none since it owns the shard. */
  readonly committed: bigint | null
  /** Records fetched and not yet sent. */
  readonly queued: number
  /** Records sent to the flow since this node owns the shard, each counted once. */
  readonly records: number
  /** Bytes of the keys and values of these records. */
  readonly bytes: number
  /** Records a second. */
  readonly rate: number
  readonly bytesPerSecond: number
  readonly delaySeconds: number
  readonly isCaughtUp: boolean
  /** Whether the user has paused the shard. */
  readonly isPaused: boolean
  /** When the last fetch response came, ms since 1970; null if none came. */
  readonly lastFetchAt: number | null
}
