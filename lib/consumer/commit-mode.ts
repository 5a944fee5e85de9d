import type { ShardDelay } from '../delivery/shard-delay'
import type { ErrorCode } from '../errors'
import type { ReleaseReason } from '../kafka/source'
import type { Lane } from './lane'

/** When records count as done, and what follows from that. */
export interface CommitMode {
  /** For a shard that is newly ours. */
  createLane(shard: number, delay: ShardDelay): Lane
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
  /** @param nowMs monotonic */
  progress(nowMs: number): Progress
}

/** How the flow gets on with what it was given. */
export interface Progress {
  /** Records given to the flow and not yet done. */
  readonly inFlight: number
  /** Seconds since the oldest of them was first sent; 0 if there is none. */
  readonly oldestSeconds: number
  /** Shards that hold a record which was given up. */
  readonly stoppedShards: readonly number[]
  /** Why the first of them is held; null if there are none. */
  readonly stoppedBy: ErrorCode | null
  /** Acks, nacks and rejects that came too late to count, since the group was joined. */
  readonly staleAcks: number
  /** Something has failed and is not done. */
  readonly isRetrying: boolean
  /** When a record is sent again next, ms since 1970; null if none waits for that. */
  readonly nextAttemptAt: number | null
  /** What has been tried in vain for very long; null if nothing has. */
  readonly retrying: Retrying | null
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

/** A record that is not done long after its first attempt failed. */
export interface Retrying {
  readonly shard: number
  readonly offset: string
  readonly attempts: number
  /** Since the first attempt failed. */
  readonly seconds: number
}

export const NO_PROGRESS: Progress = {
  inFlight: 0,
  oldestSeconds: 0,
  stoppedShards: [],
  stoppedBy: null,
  staleAcks: 0,
  isRetrying: false,
  nextAttemptAt: null,
  retrying: null,
  unanswered: null,
}
