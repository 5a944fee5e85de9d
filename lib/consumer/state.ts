import type { SlsKafkaError } from '../errors'
import type { Progress } from './commit-mode'

/** Where a consumer is in its life. Each state is in force until the next one; there are no others. */
export type ConsumerState =
  | { readonly name: 'stopped' }
  | { readonly name: 'connecting' }
  | { readonly name: 'joining' }
  | { readonly name: 'consuming'; readonly totalShards: number }
  /** A connection broke, or could not be made; the client tries again by itself, as the same member. */
  | {
      readonly name: 'reconnecting'
      readonly error: SlsKafkaError
      readonly since: number
    }
  /** Not a member; tried again at `nextTry` (milliseconds since 1970). */
  | { readonly name: 'failed'; readonly error: SlsKafkaError; readonly nextTry: number }
  | { readonly name: 'stopping' }

/** What can be told of a consumer at one moment. */
export interface ConsumerSnapshot extends Progress {
  readonly state: ConsumerState
  /** Shards that are ours. */
  readonly shards: number
  /** Records a second. */
  readonly rate: number
  /** Of the shard that is furthest behind. */
  readonly delaySeconds: number
  /** Every shard is read to its end. */
  readonly isCaughtUp: boolean
  /** An error of a record in the last seconds; null if there was none. */
  readonly recordError: SlsKafkaError | null
}
