import type { ErrorCode, ReportedError } from '../errors'

/**
 * What a consumer tells machines: plain JSON. Rates are of the last ten seconds, of what was given to
 * the flow for the first time; times are milliseconds since 1970.
 */
export interface ConsumerReport {
  /** `stopped`, `connecting`, `joining`, `consuming`, `reconnecting`, `failed` or `stopping`. */
  readonly state: string
  /** Of the error that the status shows; null if it shows none. */
  readonly code: ErrorCode | null
  /** The error that was told last since the deploy; null if none was. */
  readonly lastError: ReportedError | null
  /** How many errors of each code were told since the deploy. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>
  /** The user has paused every shard. */
  readonly isPaused: boolean
  /** Records a second. */
  readonly rate: number
  /** Bytes a second, of keys and values. */
  readonly bytesPerSecond: number
  /**
   * Seconds that the shard furthest behind is at most behind; 0 if all is read, and done where the flow
   * acknowledges. Grows also while the shard cannot be read.
   */
  readonly delaySeconds: number
  /** Records given to the flow and not yet done. */
  readonly inFlight: number
  /** Seconds since the oldest of them was first sent. */
  readonly oldestSeconds: number
  /** How often the oldest record that is not done was sent; 0 if there is none. */
  readonly attempts: number
  /** When a record is sent again next, ms since 1970; null if none waits for that. */
  readonly nextAttemptAt: number | null
  /** Acks that came too late to count, since the group was joined. */
  readonly staleAcks: number
  /** When a fetch was answered last; null if none was. */
  readonly lastFetchAt: number | null
  /** The shards that this node reads, ascending; while it has failed, those that it read last. */
  readonly shards: readonly ShardReport[]
}

/** The same words and units as of the whole node. */
export interface ShardReport {
  readonly partition: number
  /** The offset to read next, decimal text; null before the first records. */
  readonly position: string | null
  /** The offset that this node committed last, decimal text; null if none since it reads the shard. */
  readonly committed: string | null
  /** Records fetched and not yet sent. */
  readonly queued: number
  /** Records given to the flow since this node reads the shard, or moved in it; each counted once. */
  readonly records: number
  /** Of their keys and values. */
  readonly bytes: number
  readonly inFlight: number
  readonly oldestSeconds: number
  readonly attempts: number
  readonly nextAttemptAt: number | null
  readonly rate: number
  readonly bytesPerSecond: number
  readonly delaySeconds: number
  readonly isPaused: boolean
  /** Why it is not read on; null if it is. */
  readonly stopped: ErrorCode | null
  readonly lastFetchAt: number | null
  readonly lastError: ReportedError | null
}
