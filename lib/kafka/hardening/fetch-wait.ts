import { HEARTBEAT_INTERVAL, IDLE_AFTER, IDLE_FETCH_MAX_WAIT } from '../constants'
import type { BatchInternals } from '../internals'
import { shardCount } from './shard-count'

/**
 * kafkajs lets the service wait equally long for records in each fetch. With a long wait, a shard that
 * is resumed while the others are waited for is heard of late; with a short one, a consumer that has
 * nothing to read keeps the processor busy (no upstream issue; what long waits do is told in
 * tulios/kafkajs#370 and #1397). Here the wait follows what is going on.
 */
interface ConsumerGroupInternals {
  maxWaitTime: number
  /** When the last heartbeat was answered, unix ms. */
  readonly lastRequest: number
  readonly subscriptionState: {
    assigned(): { partitions: number[] }[]
    active(): { partitions: number[] }[]
  }
  getActiveTopicPartitions(): Record<string, Set<number>>
  fetch(nodeId: string): Promise<BatchInternals[]>
}

/** Milliseconds, while some shard is paused, which may be resumed any moment. */
const WAIT_WHILE_PAUSED = 100

export const file = 'src/consumer/consumerGroup.js'
export const methods = ['fetch', 'getActiveTopicPartitions']

export function rewrite(original: unknown): unknown {
  const ConsumerGroup = original as new (...args: unknown[]) => ConsumerGroupInternals

  return class AdaptiveConsumerGroup extends ConsumerGroup {
    readonly #usualWait = this.maxWaitTime
    #lastNews = Date.now()

    override async fetch(nodeId: string): Promise<BatchInternals[]> {
      this.maxWaitTime = this.#wait()
      const batches = await super.fetch(nodeId)
      if (batches.some(({ rawMessages }) => rawMessages.length > 0)) this.#lastNews = Date.now()
      return batches
    }

    #wait(): number {
      const assigned = shardCount(this.subscriptionState.assigned())
      if (shardCount(this.subscriptionState.active()) < assigned) return WAIT_WHILE_PAUSED
      // One that failed is left alone for a while, and then asked for with the next fetch.
      const asked = Object.values(this.getActiveTopicPartitions())
      if (asked.reduce((sum, { size }) => sum + size, 0) < assigned) return this.#usualWait
      const now = Date.now()
      if (now - this.#lastNews < IDLE_AFTER) return this.#usualWait
      // Heartbeats are sent between fetches; the next one is not to be late.
      const untilHeartbeat = this.lastRequest + HEARTBEAT_INTERVAL - now
      return Math.max(this.#usualWait, Math.min(IDLE_FETCH_MAX_WAIT, untilHeartbeat))
    }
  }
}
