import { membershipHooksOf } from './membership-hooks'
import { privateMethod } from './private-method'

/**
 * Where a join is answered by "not the coordinator", kafkajs asks who is and joins again, for ever and
 * without a word (probably tulios/kafkajs#1536). Here the membership is told each time.
 */
interface ConsumerGroup {
  readonly cluster: object
}

type Join = (this: ConsumerGroup) => Promise<void>

const JOIN = 'private:ConsumerGroup:join'

export const file = 'src/consumer/consumerGroup.js'

export function rewrite(original: unknown): unknown {
  const { prototype } = original as { prototype: Record<symbol, Join> }
  const key = privateMethod(prototype, JOIN, file)
  const join = prototype[key]

  prototype[key] = async function tellingJoin() {
    try {
      await join?.call(this)
    } catch (error) {
      const { type } = error as { type?: string }
      if (type === 'NOT_COORDINATOR_FOR_GROUP') {
        membershipHooksOf(this.cluster)?.onJoinFailed(error, true)
      }
      throw error
    }
  }
  return original
}
