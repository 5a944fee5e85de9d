import { NODE_ID } from './apis/api'
import type { Shard } from './store/shard'

/**
 * The node id that leads a shard: the one it was moved to, else its turn among all.
 *
 * @param nodes how many node ids there are
 */
export function leaderOf(shard: Shard, nodes: number): number {
  return shard.leader ?? NODE_ID + (shard.id % nodes)
}

/**
 * The leaders that one connection has fetched from. All node ids have one address, so a connection does
 * not say which node it means: for each shard it stands for the node that led the shard at the first
 * fetch through the connection.
 */
export class SeenLeaders {
  readonly #byShard = new Map<Shard, number>()

  /** Whether a fetch of this shard reaches its leader, or comes to a node that leads it no more. */
  isLeader(shard: Shard, nodes: number): boolean {
    const leader = leaderOf(shard, nodes)
    const seen = this.#byShard.get(shard) ?? leader
    this.#byShard.set(shard, seen)
    return seen === leader
  }
}
