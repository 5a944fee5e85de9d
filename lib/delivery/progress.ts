import type { ErrorCode } from '../errors'

/** How the flow gets on with what was sent to it. */
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
  /** Something has failed and is not done. */
  readonly isRetrying: boolean
  /** When a record is sent again next, ms since 1970; null if none waits for that. */
  readonly nextAttemptAt: number | null
  /** What has failed for very long; null if nothing has. */
  readonly retrying: Retrying | null
  /** What the flow seems to have forgotten; null if it gets on. */
  readonly unanswered: Unanswered | null
}

/** Records that have waited very long for an ack, in a shard where nothing was acknowledged meanwhile. */
export interface Unanswered {
  readonly shard: number
  /** Offset of the oldest of these records. */
  readonly offset: string
  readonly seconds: number
  /** No more of that shard is read. */
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

/** How the flow gets on with one shard. */
export interface ShardProgress {
  /** Records sent to the flow and not done. */
  readonly inFlight: number
  /** Seconds since the oldest record in flight was first sent; 0 if none is in flight. */
  readonly oldestSeconds: number
  /** How often the record with the lowest offset of those that are not done was sent; 0 if all are. */
  readonly attempts: number
  /** When a record is sent again next, ms since 1970; null if none waits for that. */
  readonly nextAttemptAt: number | null
  /** Why a record holds the shard; null if none does. */
  readonly stoppedBy: ErrorCode | null
}

export const NOTHING_IN_FLIGHT: ShardProgress = {
  inFlight: 0,
  oldestSeconds: 0,
  attempts: 0,
  nextAttemptAt: null,
  stoppedBy: null,
}

/** How one of our shards gets on. */
export interface ShardState extends ShardProgress {
  readonly shard: number
  /** The offset to read next; null before the first response with records. */
  readonly position: bigint | null
  /** What this node has committed last; null if nothing since the shard became its own. */
  readonly committed: bigint | null
  /** Records fetched and not yet sent. */
  readonly queued: number
  /** Records given to the flow since the shard became ours, each counted once. */
  readonly records: number
  /** Of their keys and values. */
  readonly bytes: number
  /** Records a second. */
  readonly rate: number
  readonly bytesPerSecond: number
  readonly delaySeconds: number
  readonly isCaughtUp: boolean
  /** By the user. */
  readonly isPaused: boolean
  /** Milliseconds since 1970; null if there was no response to a fetch yet. */
  readonly lastFetchAt: number | null
}
