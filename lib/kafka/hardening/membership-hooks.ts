import type { BatchInternals, ClusterInternals, ConsumerGroupInternals } from '../internals'
import type { PositionReset } from '../source'

/**
 * kafkajs has no callback before a rejoin: a member finds out that it lost a shard only afterwards,
 * when it may no longer commit. Its GROUP_JOIN event also hides the generation, without which nobody
 * can tell whether a shard was ours throughout; a fetch that brought nothing leaves no trace; nor does
 * one whose connection was closed, also if it is the tenth in a row.
 */
export interface MembershipHooks {
  /** Awaited before a member joins again. */
  beforeRejoin(): Promise<void>
  /** Awaited before a member leaves, also where kafkajs does so by itself, because it has failed. */
  beforeLeave(): Promise<void>
  onJoining(group: ConsumerGroupInternals): void
  /** @param isRetried within the same join; otherwise it ends a membership that has not begun */
  onJoinFailed(error: unknown, isRetried: boolean): void
  onFetch(batches: readonly BatchInternals[]): void
  onFetchFailed(error: unknown): void
  /** The others are read on. @param isGivenUp not tried again before shards are assigned anew */
  onShardFailed(shard: number, error: Error, isGivenUp: boolean): void
  /** A position was out of range; reading goes on elsewhere, earlier or later. */
  onPositionReset(reset: PositionReset): void
}

interface RecoveringGroup extends ConsumerGroupInternals {
  recoverFromFetch(error: unknown): Promise<void>
}

type ConsumerGroupClass = new (...args: unknown[]) => RecoveringGroup

/** The service may end a connection at any time, and the other one of the same age with it. */
const HARMLESS_CLOSES = 2

const hooksByCluster = new WeakMap<object, MembershipHooks>()

/** @param cluster the one that kafkajs hands to a partition assigner; each consumer has its own */
export function installMembershipHooks(cluster: ClusterInternals, hooks: MembershipHooks): void {
  hooksByCluster.set(cluster, hooks)
}

export function membershipHooksOf(cluster: object): MembershipHooks | undefined {
  return hooksByCluster.get(cluster)
}

export const file = 'src/consumer/consumerGroup.js'
export const methods = ['joinAndSync', 'fetch', 'recoverFromFetch']

export function rewrite(original: unknown): unknown {
  const ConsumerGroup = original as ConsumerGroupClass

  return class HookedConsumerGroup extends ConsumerGroup {
    /** Of connections for fetches, since one was answered. */
    #closes = 0

    override async joinAndSync(): Promise<void> {
      const hooks = membershipHooksOf(this.cluster)
      if (this.memberId) await hooks?.beforeRejoin()
      hooks?.onJoining(this)
      try {
        await super.joinAndSync()
      } catch (error) {
        hooks?.onJoinFailed(error, false)
        throw error
      }
    }

    override async fetch(nodeId: string): Promise<BatchInternals[]> {
      const hooks = membershipHooksOf(this.cluster)
      try {
        const batches = await super.fetch(nodeId)
        if (batches.length > 0) this.#closes = 0
        hooks?.onFetch(batches)
        return batches
      } catch (error) {
        hooks?.onFetchFailed(error)
        throw error
      }
    }

    override async recoverFromFetch(error: unknown): Promise<void> {
      const isClosed = (error as Error).name === 'KafkaJSConnectionClosedError'
      if (isClosed && ++this.#closes > HARMLESS_CLOSES) {
        membershipHooksOf(this.cluster)?.onFetchFailed(error)
      }
      await super.recoverFromFetch(error)
    }
  }
}
