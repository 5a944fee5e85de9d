import type { SlsKafkaError } from '../errors'

/** The group's assignment to this member. */
export interface Membership {
  /** Shards of the logstore, whichever member owns them. */
  readonly totalShards: number
}

/** Trouble that no response has ended yet. Only a response to a member proves that records flow again. */
export interface Outage {
  /** When the trouble began, monotonic; null if this try to join has had none so far. */
  readonly sinceMs: number | null
  /** The outage was reported, so that an assignment alone does not make the consumer healthy. */
  readonly isReported: boolean
}

export const NO_OUTAGE: Outage = { sinceMs: null, isReported: false }

/**
 * Where a consumer is in its run. `transition` has all changes from one state to the next. Times are
 * monotonic. `membership` is null until the group has assigned shards in the current generation.
 */
export type ConsumerState =
  | { readonly name: 'stopped' }
  | { readonly name: 'connecting' }
  | {
      readonly name: 'joining'
      readonly sinceMs: number
      readonly outage: Outage
      /** Set when shards were assigned after a reported outage, and no response came yet. */
      readonly membership: Membership | null
    }
  | {
      readonly name: 'consuming'
      readonly membership: Membership
      /** When the last response came; while the service makes the client wait, the end of that wait. */
      readonly lastResponseMs: number
      readonly outage: Outage
    }
  /** A connection broke, or could not be made. The client tries again by itself, as the same member. */
  | {
      readonly name: 'reconnecting'
      readonly error: SlsKafkaError
      readonly sinceMs: number
      /** See `Outage.isReported`. */
      readonly isReported: boolean
      readonly membership: Membership | null
    }
  /** The membership ended with an error, which stays visible until the next one reaches the group. */
  | { readonly name: 'failed'; readonly error: SlsKafkaError; readonly nextTryAtMs: number }
  | { readonly name: 'stopping' }

/** The names of all states, in the order of a run. */
export const CONSUMER_STATES: readonly ConsumerState['name'][] = [
  'stopped',
  'connecting',
  'joining',
  'consuming',
  'reconnecting',
  'failed',
  'stopping',
]

/** The membership that a state carries; null where the consumer is not a member or is about to leave. */
export function membershipOf(state: ConsumerState): Membership | null {
  return 'membership' in state ? state.membership : null
}

/** The outage that a state carries. A failed membership was reported when it failed. */
export function outageOf(state: ConsumerState): Outage {
  switch (state.name) {
    case 'joining':
    case 'consuming':
      return state.outage
    case 'reconnecting':
      return { sinceMs: state.sinceMs, isReported: state.isReported }
    case 'failed':
      return { sinceMs: null, isReported: true }
    case 'stopped':
    case 'connecting':
    case 'stopping':
      return NO_OUTAGE
  }
}
