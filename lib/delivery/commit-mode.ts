import type { ShardDelay } from './shard-delay'
import type { ReleaseReason } from '../kafka/source'
import type { Lane } from './lane'
import type { Progress } from './progress'

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
