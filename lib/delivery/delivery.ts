import type { ErrorCode } from '../errors'
import type { ReadRecord } from './read-record'

/** Where a delivery is between sending and done. Moments are monotonic. */
export type DeliveryState =
  /** The flow has it since `atMs`. */
  | { readonly name: 'sent'; readonly atMs: number }
  /**
   * It is sent again at `atMs`. `group` is the same object for everything that failed together; null if the
   * flow lost it without failing.
   */
  | { readonly name: 'waiting'; readonly atMs: number; readonly group: object | null }
  /** Exhausted or rejected, with `onExhausted: stop`: it stops its shard. */
  | { readonly name: 'stopped'; readonly by: ErrorCode }

/** One message that was sent to a flow that acknowledges: one record, or several of one shard. */
export interface Delivery {
  /** Offset of the first record. */
  readonly offset: string
  /** Copies of what was fetched, because the flow may change what it is sent. */
  readonly records: readonly ReadRecord[]
  /** Number of the first record among all that the window ever had, from 0. */
  readonly position: number
  /** The numbers of all its records: they have gaps where records between them cannot be decoded. */
  readonly positions: readonly number[]
  /** Memory of `records`, in bytes; approximate. */
  readonly bytes: number
  /** When it was first sent, also in an earlier membership; monotonic. */
  firstSentAtMs: number
  /** When an attempt first failed, also in an earlier membership; monotonic. Null if none has. */
  firstFailedAtMs: number | null
  /** How often it was sent; only grows. */
  attempt: number
  /** Attempts before a user restarted the shard that it had stopped. They count no more. */
  earlierAttempts: number
  /** The newest attempt that the flow reported as failed; 0 if none. */
  failedAttempt: number
  state: DeliveryState
  /** It was sent at output 2, and is still in flight. */
  isDeadLetter: boolean
}

/** How often a delivery was sent, as the flow sees it and `maxAttempts` counts. */
export function attemptsOf({ attempt, earlierAttempts }: Delivery): number {
  return attempt - earlierAttempts
}

/** It failed at least once, and is retried until it is done. */
export function isFailing({ firstFailedAtMs, isDeadLetter, state }: Delivery): boolean {
  return firstFailedAtMs !== null && !isDeadLetter && state.name !== 'stopped'
}

/** How often and how soon a failed record is sent again. */
export interface RetryPolicy {
  /** How often a record is sent at most; 0 is unlimited. */
  readonly maxAttempts: number
  /** Milliseconds before the second attempt; doubles with each further one. */
  readonly retryDelay: number
}

/** Milliseconds; a database that is up again is noticed within a minute. */
const LONGEST_DELAY = 60_000

/** @param attempt the one that failed, from 1 */
export function delayAfter(attempt: number, { retryDelay }: RetryPolicy): number {
  return Math.min(LONGEST_DELAY, retryDelay * 2 ** Math.min(attempt - 1, 16))
}

export function isExhausted(attempt: number, { maxAttempts }: RetryPolicy): boolean {
  return maxAttempts > 0 && attempt >= maxAttempts
}
