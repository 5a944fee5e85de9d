import type { BatchInternals } from '../internals'
import { shardCount } from './shard-count'

/**
 * With every shard paused, kafkajs sleeps for its longest wait before it looks again, also when a shard
 * is resumed at once. A consumer that pauses while its queue is full would stand still for half a second
 * after each drain.
 */
interface ConsumerGroupInternals {
  readonly maxWaitTime: number
  readonly subscriptionState: {
    assigned(): { partitions: number[] }[]
    active(): { partitions: number[] }[]
  }
  fetch(nodeId: string): Promise<BatchInternals[]>
  resume(topicPartitions: unknown): void
}

/** Milliseconds. So often kafkajs gets its turn although all is paused, to look for new shards. */
const FULL_TURN_EVERY = 10_000

export const file = 'src/consumer/consumerGroup.js'
export const methods = ['fetch', 'resume']

export function rewrite(original: unknown): unknown {
  const ConsumerGroup = original as new (...args: unknown[]) => ConsumerGroupInternals

  return class PromptConsumerGroup extends ConsumerGroup {
    #lastTurn = Date.now()
    readonly #longestNap = this.maxWaitTime
    readonly #waiting = new Set<() => void>()

    override async fetch(nodeId: string): Promise<BatchInternals[]> {
      if (this.#isAllPaused() && Date.now() - this.#lastTurn < FULL_TURN_EVERY) {
        await this.#resumed(this.#longestNap)
        if (this.#isAllPaused()) return []
      }
      this.#lastTurn = Date.now()
      return super.fetch(nodeId)
    }

    override resume(topicPartitions: unknown): void {
      super.resume(topicPartitions)
      for (const wake of this.#waiting) wake()
    }

    #isAllPaused(): boolean {
      const assigned = shardCount(this.subscriptionState.assigned())
      return assigned > 0 && shardCount(this.subscriptionState.active()) === 0
    }

    /** @param milliseconds at most */
    async #resumed(milliseconds: number): Promise<void> {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          this.#waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, milliseconds)
        this.#waiting.add(wake)
      })
    }
  }
}
