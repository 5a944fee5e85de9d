import { membershipHooksOf } from './membership-hooks'

/**
 * kafkajs leaves the group only when the fetch under way was answered (tulios/kafkajs#1596, pull request
 * #1655): with an idle logstore after the whole long poll, and where a fetch hangs never, which costs
 * the group the session time-out. Requests of the group have a connection of their own, so a member may
 * leave meanwhile; but kafkajs counts itself in until that was answered. A heartbeat in between would be
 * refused, and it would join again. Here it is nobody from the moment that it leaves.
 */
interface ConsumerGroupInternals {
  readonly cluster: object
  readonly groupId: string
  memberId: string | null
  readonly coordinator: {
    leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  }
  leave(): Promise<void>
}

export const file = 'src/consumer/consumerGroup.js'
export const methods = ['leave']

export function rewrite(original: unknown): unknown {
  const ConsumerGroup = original as new (...args: unknown[]) => ConsumerGroupInternals

  return class LeavingConsumerGroup extends ConsumerGroup {
    override async leave(): Promise<void> {
      if (!this.memberId) return
      const hooks = membershipHooksOf(this.cluster)
      if (hooks) await hooks.beforeLeave()
      const { groupId, memberId } = this
      // Left through another call meanwhile.
      if (!memberId) return
      this.memberId = null
      await this.coordinator.leaveGroup({ groupId, memberId })
    }
  }
}
