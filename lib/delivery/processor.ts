import type { CommittableOffset } from './committable-offset'
import type { ShardProgress } from './progress'
import type { ShardQueue } from './shard-queue'

/** Passes one shard's records from the queue to the flow; one class for each commit mode. */
export interface ShardProcessor {
  readonly queue: ShardQueue
  readonly committable: CommittableOffset
  /** Memory used, in bytes: by what is queued, or kept until it is done. */
  readonly bytes: number
  /** No more of the shard is to be fetched, because it could not be sent. */
  readonly isFull: boolean
  /** So little is queued that more can be fetched. */
  readonly isLow: boolean
  /** Monotonic moment at which to send the next message, also a past one; null if there is none. */
  dueAtMs(nowMs: number): number | null
  /**
   * Sends the message that is due.
   *
   * @param nowMs monotonic
   * @param wallTime milliseconds since 1970
   * @returns records that were sent for the first time
   */
  sendNext(nowMs: number, wallTime: number): number
  /** The group has taken an offset of the shard. */
  committed(offset: bigint): void
  /** The offsets of the shard begin again, and can be lower than before. */
  resetOffsets(): void
  progress(): ShardProgress
}
