import type { BatchInternals, ClusterInternals, ConsumerGroupInternals } from '../internals'
import type { PositionReset } from '../source'

/**
 * kafkajs has no callback before a rejoin: a member finds out that it lost a shard only afterwards,
 * when it may no longer commit. Its GROUP_JOIN event also hides the generation, without which nobody
 * can tell whether a shard was ours throughout; and a fetch that brought nothing leaves no trace.
 */
export interface MembershipHooks {
  /** Awaited before a member joins again. */
  beforeRejoin(): Promise<void>
  onJoining(group: ConsumerGroupInternals): void
  onFetch(batches: readonly BatchInternals[]): void
  onFetchFailed(error: unknown): void
  /** The others are read on. @param isGivenUp not tried again before shards are assigned anew */
  onShardFailed(shard: number, error: Error, isGivenUp: boolean): void
  /** A position was out of range; reading goes on elsewhere, earlier or later. */
  onPositionReset(reset: PositionReset): void
}

type ConsumerGroupClass = new (...args: unknown[]) => ConsumerGroupInternals

const hooksByCluster = new WeakMap<object, MembershipHooks>()

/** @param cluster the one that kafkajs hands to a partition assigner; each consumer has its own */
export function installMembershipHooks(cluster: ClusterInternals, hooks: MembershipHooks): void {
  hooksByCluster.set(cluster, hooks)
}

export function membershipHooksOf(cluster: object): MembershipHooks | undefined {
  return hooksByCluster.get(cluster)
}

export const file = 'src/consumer/consumerGroup.js'
export const methods = ['joinAndSync', 'fetch']

export function rewrite(original: unknown): unknown {
  const ConsumerGroup = original as ConsumerGroupClass

  return class HookedConsumerGroup extends ConsumerGroup {
    override async joinAndSync(): Promise<void> {
      const hooks = membershipHooksOf(this.cluster)
      if (this.memberId) await hooks?.beforeRejoin()
      hooks?.onJoining(this)
      await super.joinAndSync()
    }

    override async fetch(nodeId: string): Promise<BatchInternals[]> {
      const hooks = membershipHooksOf(this.cluster)
      try {
        const batches = await super.fetch(nodeId)
        hooks?.onFetch(batches)
        return batches
      } catch (error) {
        hooks?.onFetchFailed(error)
        throw error
      }
    }
  }
}
