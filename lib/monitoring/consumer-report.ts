import type { ErrorCode, ReportedError } from '../errors'

/**
 * A consumer as plain JSON, for other programs. Rates cover the last ten seconds and count each record
 * once. Times are milliseconds since 1970.
 */
export interface ConsumerReport {
  /** `stopped`, `connecting`, `joining`, `consuming`, `reconnecting`, `failed` or `stopping`. */
  readonly state: string
  /** Code of the error that the status shows; null if the status shows none. */
  readonly code: ErrorCode | null
  /** The error that was reported last since the deploy; null if none was. */
  readonly lastError: ReportedError | null
  /** How many errors of each code were reported since the deploy. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>
  /** The user has paused every shard. */
  readonly isPaused: boolean
  /** Records a second. */
  readonly rate: number
  /** Bytes of keys and values a second. */
  readonly bytesPerSecond: number
  /**
   * Upper bound, in seconds, for the delay of the shard that is furthest behind. 0 if all records are read and, with
   * `commit: onAck`, done. Grows also while the shard cannot be read.
   */
  readonly delaySeconds: number
  /** Records that were sent to the flow and are not done. */
  readonly inFlight: number
  /** Seconds since the oldest record in flight was first sent; 0 if there is none. */
  readonly oldestSeconds: number
  /** How often the oldest record in flight was sent; 0 if there is none. */
  readonly attempts: number
  /** When a record is sent again next; null without a retry. */
  readonly nextAttemptAt: number | null
  /** Acks that came too late to count, since the group was joined. */
  readonly staleAcks: number
  /** When the last fetch response came; null if none came. */
  readonly lastFetchAt: number | null
  /** The shards that this node owns, ascending; while it has failed, those that it owned last. */
  readonly shards: readonly ShardReport[]
}

/** One shard. Fields with the names of `ConsumerReport` have the same meaning and unit. */
export interface ShardReport {
  readonly partition: number
  /** The next offset to read, decimal text; null before the first records. */
  readonly position: string | null
  /** The offset that this node committed last, decimal text; null if none since it owns the shard. */
  readonly committed: string | null
  /** Records fetched and not yet sent. */
  readonly queued: number
  /** Records sent to the flow since this node owns the shard, or since a seek; each counted once. */
  readonly records: number
  /** Bytes of the keys and values of these records. */
  readonly bytes: number
  readonly inFlight: number
  readonly oldestSeconds: number
  readonly attempts: number
  readonly nextAttemptAt: number | null
  readonly rate: number
  readonly bytesPerSecond: number
  readonly delaySeconds: number
  readonly isPaused: boolean
  /** Why the shard is stopped or failing; null if it is neither. */
  readonly stopped: ErrorCode | null
  readonly lastFetchAt: number | null
  readonly lastError: ReportedError | null
}
