import type { Shard } from '../delivery/shard'
import type { ErrorCode } from '../errors'
import type { FetchedRecord } from '../kafka/source'

/** How the flow gets on with one shard. */
export interface LaneProgress {
  /** Records given to the flow and not yet done. */
  readonly inFlight: number
  /** Seconds since the oldest of them was first sent; 0 if there is none. */
  readonly oldestSeconds: number
  /** How often the record with the lowest offset of those that are not done was sent; 0 if all are. */
  readonly attempts: number
  /** When a record is sent again next, ms since 1970; null if none waits for that. */
  readonly nextAttemptAt: number | null
  /** Why a record holds the shard; null if none does. */
  readonly stoppedBy: ErrorCode | null
}

export const NOTHING_IN_FLIGHT: LaneProgress = {
  inFlight: 0,
  oldestSeconds: 0,
  attempts: 0,
  nextAttemptAt: null,
  stoppedBy: null,
}

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
  progress(): LaneProgress
  /** Somebody reads the shard from what is committed: this process again, or another one. */
  interrupt(): void
}
