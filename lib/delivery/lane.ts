import type { Shard } from './shard-queue'
import type { ShardProgress } from './progress'
import type { FetchedRecord } from '../kafka/source'

/** The way of one shard's records from the queue to the flow; one kind for each commit mode. */
export interface Lane {
  readonly shard: Shard<FetchedRecord>
  /** Bytes held: queued, and kept until they are done. */
  readonly bytes: number
  /** Nothing more of this shard may be sent, whatever is queued. */
  readonly isFull: boolean
  /** So little is queued that it is time to fetch. */
  readonly isLow: boolean
  /** Monotonic moment at which to send the next message, maybe in the past; null if there is none. */
  dueAtMs(): number | null
  /**
   * Sends the message that is due.
   *
   * @param nowMs monotonic
   * @param wallTime milliseconds since 1970
   * @returns records that were sent for the first time
   */
  sendNext(nowMs: number, wallTime: number): number
  /** Offsets begin anew, and may be lower than before. */
  positionReset(): void
  /** What was given up is tried again now, monotonic. @returns whether anything was */
  release(nowMs: number): boolean
  /** The record that holds the shard, if one does, is reported and counts as done. */
  skip(): void
  progress(): ShardProgress
  /** Somebody reads the shard from what is committed: this process again, or another one. */
  interrupt(): void
}
