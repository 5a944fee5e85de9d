import type { BatchInternals } from '../internals'

/**
 * With every shard paused, kafkajs sleeps for its longest wait before it looks again, also when a shard
 * is resumed at once. And with some paused, it asks for the others alone and hears of a resumed one only
 * after that long poll. A consumer that pauses while its queue is full would stand still for half a
 * second after each drain.
 */
interface ConsumerGroupInternals {
  maxWaitTime: number
  readonly subscriptionState: {
    assigned(): { partitions: number[] }[]
    active(): { partitions: number[] }[]
  }
  fetch(nodeId: string): Promise<BatchInternals[]>
  resume(topicPartitions: unknown): void
}

/** Milliseconds. So often kafkajs gets its turn although all is paused, to look for new shards. */
const FULL_TURN_EVERY = 10_000

/** Milliseconds of a long poll while some shard is paused, which may be resumed any moment. */
const WAIT_WHILE_PAUSED = 100

export const file = 'src/consumer/consumerGroup.js'
export const methods = ['fetch', 'resume']

export function rewrite(original: unknown): unknown {
  const ConsumerGroup = original as new (...args: unknown[]) => ConsumerGroupInternals

  return class PromptConsumerGroup extends ConsumerGroup {
    #lastTurn = Date.now()
    readonly #longestWait = this.maxWaitTime
    readonly #waiting = new Set<() => void>()

    override async fetch(nodeId: string): Promise<BatchInternals[]> {
      if (this.#isAllPaused() && Date.now() - this.#lastTurn < FULL_TURN_EVERY) {
        await this.#resumed(this.#longestWait)
        if (this.#isAllPaused()) return []
      }
      this.#lastTurn = Date.now()
      this.maxWaitTime =
        this.#activeShards < this.#assignedShards ? WAIT_WHILE_PAUSED : this.#longestWait
      return super.fetch(nodeId)
    }

    override resume(topicPartitions: unknown): void {
      super.resume(topicPartitions)
      for (const wake of this.#waiting) wake()
    }

    get #assignedShards(): number {
      return count(this.subscriptionState.assigned())
    }

    get #activeShards(): number {
      return count(this.subscriptionState.active())
    }

    #isAllPaused(): boolean {
      return this.#assignedShards > 0 && this.#activeShards === 0
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

function count(topics: readonly { partitions: number[] }[]): number {
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0)
}
