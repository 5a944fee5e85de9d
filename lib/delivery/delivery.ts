import type { ErrorCode } from '../errors'
import type { FirstTimes } from './interrupted-records'

/** Where a record, or a batch of them, is between sending and done. */
export type DeliveryState =
  /** The flow has it since `atMs`, a monotonic moment. */
  | { readonly name: 'sent'; readonly atMs: number }
  /**
   * It is sent again at `atMs`, a monotonic moment. `group`: the same object for all that failed together;
   * null if the flow has not failed.
   */
  | { readonly name: 'waiting'; readonly atMs: number; readonly group: object | null }
  /** Given up without being done, for which there is a code: it holds its shard. */
  | { readonly name: 'held'; readonly by: ErrorCode }

/** What a window needs to know of a record that it keeps for sending it again. */
export interface KeptRecord {
  readonly offset: string
  readonly key: { readonly length: number } | null
  readonly value: { readonly length: number } | null
}

/** One message that was given to the flow: one record, or several of one shard that are acked as one. */
export interface Delivery<R extends KeptRecord = KeptRecord> {
  readonly shard: number
  /** Offset of the first record. */
  readonly offset: string
  /** As they were fetched, because the flow may change what it was given. */
  readonly records: readonly R[]
  /** Which of the shard's assignments it belongs to. */
  readonly epoch: number
  /** Number of the first record among all that the window was ever given, from 0. */
  readonly position: number
  /** Of `records`. */
  readonly bytes: number
  /** Of its attempts, through all memberships. */
  first: FirstTimes
  /** How often it was sent; grows. */
  attempt: number
  /** So many of these do not count any more: it was given up, and then tried anew. */
  forgiven: number
  /** The newest attempt that the flow itself has called failed; 0 if none. */
  failedAttempt: number
  state: DeliveryState
  /** It goes to the output for what was given up, and is still in flight. */
  isDeadLetter: boolean
}

/** How often it was sent, as the flow is told and as the limit counts. */
export function triesOf({ attempt, forgiven }: Delivery): number {
  return attempt - forgiven
}

/** Failed at least once, and is to be sent until it is done. */
export function isFailing({ first, isDeadLetter, state }: Delivery): boolean {
  return first.failedAtMs !== null && !isDeadLetter && state.name !== 'held'
}

/** How often and how soon a record that failed is sent again. */
export interface RetryPolicy {
  /** How often a record is sent at most; 0 is for ever. */
  readonly maxAttempts: number
  /** Milliseconds before the second attempt; doubles with each further one. */
  readonly retryDelay: number
}

/** Milliseconds; a database that comes back is noticed within a minute. */
const LONGEST_DELAY = 60_000

/** @param attempt the one that failed, from 1 */
export function delayAfter(attempt: number, { retryDelay }: RetryPolicy): number {
  return Math.min(LONGEST_DELAY, retryDelay * 2 ** Math.min(attempt - 1, 16))
}

export function isExhausted(attempt: number, { maxAttempts }: RetryPolicy): boolean {
  return maxAttempts > 0 && attempt >= maxAttempts
}
