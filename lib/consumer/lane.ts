import type { Shard } from '../delivery/shard'
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
  /** When the next message is to be sent: a time, which may have passed, or null if none is. */
  dueAt(): number | null
  /** Sends the message that is due. @returns records that were sent for the first time */
  sendNext(now: number): number
  /** Offsets begin anew, and may be lower than before. */
  positionReset(): void
}
