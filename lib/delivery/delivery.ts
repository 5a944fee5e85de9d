import type { ErrorCode } from '../errors'
import type { ReadRecord } from './read-record'

/** The state of a delivery that is not done. Times are monotonic. */
export type DeliveryState =
  /** The flow has the delivery since `atMs`. */
  | { readonly name: 'sent'; readonly atMs: number }
  /**
   * The delivery is sent again at `atMs`. Deliveries that failed together share one `failure`
   * object. `failure` is null if restarted nodes lost the delivery.
   */
  | { readonly name: 'waiting'; readonly atMs: number; readonly failure: object | null }
  /** The delivery is exhausted or rejected, and stops its shard. */
  | { readonly name: 'stopped'; readonly by: ErrorCode }

/** One message, sent with `commit: onAck`: one record, or several of one shard. */
export interface Delivery {
  /** Offset of the first record. */
  readonly offset: string
  /** Copies of the fetched records. The flow cannot change them. */
  readonly records: readonly ReadRecord[]
  /** Number of the first record, counted from 0 over all records that the window ever had. */
  readonly recordNumber: number
  /** Numbers of all records, with gaps where undecodable records lie between them; null if consecutive. */
  readonly recordNumbers: readonly number[] | null
  /** Memory of `records`, in bytes; approximate. */
  readonly bytes: number
  /** When the delivery was first sent, in this or an earlier membership; monotonic. */
  firstSentAtMs: number
  /** When an attempt first failed, in this or an earlier membership; monotonic. Null if none failed. */
  firstFailedAtMs: number | null
  /** How often the delivery was sent; only grows. */
  attempt: number
  /** Attempts before a user restarted the stopped shard. They no longer count. */
  earlierAttempts: number
  /** The newest attempt that the flow reported as failed; 0 if none. */
  failedAttempt: number
  state: DeliveryState
  /** The delivery was sent at output 2, and is still in flight. */
  isDeadLetter: boolean
}

/** How often a delivery was sent, as the message shows and `maxAttempts` counts it. */
export function attemptsOf({ attempt, earlierAttempts }: Delivery): number {
  return attempt - earlierAttempts
}

/** Whether a delivery has failed at least once and is still retried. */
export function isFailing({ firstFailedAtMs, isDeadLetter, state }: Delivery): boolean {
  return firstFailedAtMs !== null && !isDeadLetter && state.name !== 'stopped'
}

/** How often and how soon a failed record is sent again. */
export interface RetryPolicy {
  /** Most attempts of a record; 0 is unlimited. */
  readonly maxAttempts: number
  /** Milliseconds before the second attempt; doubles with each further one. */
  readonly retryDelayMs: number
}

/** A recovered database receives the records within a minute. */
const LONGEST_DELAY_MS = 60_000

/** @param attempt the one that failed, from 1 */
export function delayAfter(attempt: number, { retryDelayMs }: RetryPolicy): number {
  return Math.min(LONGEST_DELAY_MS, retryDelayMs * 2 ** Math.min(attempt - 1, 16))
}

export function isExhausted(attempt: number, { maxAttempts }: RetryPolicy): boolean {
  return maxAttempts > 0 && attempt >= maxAttempts
}
