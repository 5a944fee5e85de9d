import type { ErrorCode, SlsKafkaError } from '../errors'
import type { Progress, ShardState } from '../delivery/progress'
import type { ToldError } from './error-tally'

/** Where a consumer is in its life. Each state is in force until the next one; there are no others. */
export type ConsumerState =
  | { readonly name: 'stopped' }
  | { readonly name: 'connecting' }
  /** `sinceMs`: monotonic. */
  | { readonly name: 'joining'; readonly sinceMs: number }
  | { readonly name: 'consuming'; readonly totalShards: number }
  /** A connection broke, or could not be made; the client tries again by itself, as the same member. `sinceMs`: monotonic. */
  | {
      readonly name: 'reconnecting'
      readonly error: SlsKafkaError
      readonly sinceMs: number
    }
  /** Not a member; tried again at `nextTryAtMs`, monotonic. */
  | { readonly name: 'failed'; readonly error: SlsKafkaError; readonly nextTryAtMs: number }
  | { readonly name: 'stopping' }

/** The names of all states, in the order of a life. */
export const CONSUMER_STATES: readonly ConsumerState['name'][] = [
  'stopped',
  'connecting',
  'joining',
  'consuming',
  'reconnecting',
  'failed',
  'stopping',
]

/** What can be told of a consumer at one moment. */
export interface ConsumerSnapshot extends Progress {
  readonly state: ConsumerState
  /** How long the join has taken so far, and may take; null if none is under way. In seconds. */
  readonly join: { readonly seconds: number; readonly atMost: number } | null
  /** Shards that are ours. */
  readonly shards: number
  /** Records a second. */
  readonly rate: number
  /** Of keys and values. */
  readonly bytesPerSecond: number
  /** Of the shard that is furthest behind, also while it cannot be read. */
  readonly delaySeconds: number
  /** No shard of the logstore is anybody's: the group's leader gives them to nobody. */
  readonly isLeftOut: boolean
  /** The service holds us back, or did a few seconds ago. */
  readonly isThrottled: boolean
  /** Every shard is read to its end, and that was seen lately. */
  readonly isCaughtUp: boolean
  /** The user has paused every shard. */
  readonly isPaused: boolean
  /** How often the record with the lowest offset was sent that is not done; of all shards the most. */
  readonly attempts: number
  /** The error that was told last, since the node was deployed. */
  readonly lastError: ToldError | null
  /** An error of a record in the last seconds; null if there was none. */
  readonly recordError: SlsKafkaError | null
}

/** All that can be told of a consumer at one moment. */
export interface ConsumerDetails extends ConsumerSnapshot {
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>
  readonly shardStates: readonly (ShardState & { readonly lastError: ToldError | null })[]
}
