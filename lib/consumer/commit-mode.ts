import type { ErrorCode } from '../errors'
import type { ReleaseReason } from '../kafka/source'
import type { Lane } from './lane'

/** When records count as done, and what follows from that. */
export interface CommitMode {
  /** For a shard that is newly ours. */
  createLane(shard: number): Lane
  /** These are ours now and no others. */
  assigned(lanes: readonly Lane[]): void
  /** Resolves when what is in flight is done, or no longer worth waiting for. */
  drained(reason: ReleaseReason): Promise<void>
  /**
   * Nodes of the flow were restarted. What they held is sent again.
   *
   * @returns how many records, once that is known
   */
  flowRestarted(): Promise<number>
  /** The membership is over. */
  end(): void
  progress(now: number): Progress
}

/** How the flow gets on with what it was given. */
export interface Progress {
  /** Records given to the flow and not yet done. */
  readonly inFlight: number
  /** Seconds that the flow has had the oldest of them; 0 if it has none. */
  readonly oldestSeconds: number
  /** Shards that hold a record which was given up. */
  readonly stoppedShards: readonly number[]
  /** Why the first of them is held; null if there are none. */
  readonly stoppedBy: ErrorCode | null
  /** Acks, nacks and rejects that came too late to count, since the group was joined. */
  readonly staleAcks: number
  /** Something has failed and waits to be sent again. */
  readonly isRetrying: boolean
  /** What the flow seems to have forgotten; null if it gets on. */
  readonly unanswered: Unanswered | null
}

/** Records that wait for an ack for very long in a shard where nothing was acked meanwhile. */
export interface Unanswered {
  readonly shard: number
  /** Of the oldest one. */
  readonly offset: string
  readonly seconds: number
  /** Nothing more of that shard is read. */
  readonly isFull: boolean
}

export const NO_PROGRESS: Progress = {
  inFlight: 0,
  oldestSeconds: 0,
  stoppedShards: [],
  stoppedBy: null,
  staleAcks: 0,
  isRetrying: false,
  unanswered: null,
}
