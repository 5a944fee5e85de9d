import type { CommittableOffset } from './committable-offset'
import type { ShardProgress } from './progress'
import type { ShardQueue } from './shard-queue'

/** Passes one shard's records from the queue to the flow; one class for each commit mode. */
export interface ShardProcessor {
  readonly queue: ShardQueue
  readonly committable: CommittableOffset
  /** Memory of the records that are queued or not done, in bytes. */
  readonly bytes: number
  /** Whether no record can be sent, so that the shard must not be fetched. */
  readonly isFull: boolean
  /** Whether so few bytes are queued that the shard can be fetched. */
  readonly isLow: boolean
  /** Monotonic time at which the next message is due, which can be past; null if there is none. */
  dueAtMs(nowMs: number): number | null
  /**
   * Sends the message that is due.
   *
   * @param nowMs monotonic
   * @param wallTime milliseconds since 1970
   * @returns records that were sent for the first time
   */
  sendNext(nowMs: number, wallTime: number): number
  /** Notes that the group has taken an offset of the shard. */
  committed(offset: bigint): void
  /** Handles a reset of the shard's offsets, which can be lower than before. */
  resetOffsets(): void
  progress(): ShardProgress
}
