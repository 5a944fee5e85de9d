import type { BatchInternals } from '../internals'

/**
 * kafkajs asks for the shards in the same order each time. A response begins with the first ones, and a
 * batch that is larger than what is left of its bytes comes only as the first: a shard behind busy ones
 * may get nothing for long (no upstream issue; KIP-74 says what a broker does). Here the shards that were
 * served last come last.
 */
interface ConsumerGroupInternals {
  fetch(nodeId: string): Promise<BatchInternals[]>
  filterPartitionsByNode(nodeId: string, topics: Shards[]): Shards[]
}

interface Shards {
  readonly topic: string
  readonly partitions: number[]
}

export const file = 'src/consumer/consumerGroup.js'
export const methods = ['fetch', 'filterPartitionsByNode']

export function rewrite(original: unknown): unknown {
  const ConsumerGroup = original as new (...args: unknown[]) => ConsumerGroupInternals

  return class FairConsumerGroup extends ConsumerGroup {
    #responses = 0
    /** Number of the last response with records, by topic and shard. */
    readonly #servedIn = new Map<string, number>()

    override async fetch(nodeId: string): Promise<BatchInternals[]> {
      const batches = await super.fetch(nodeId)
      this.#responses++
      for (const { topic, partition, rawMessages } of batches) {
        if (rawMessages.length > 0) this.#servedIn.set(`${topic}/${partition}`, this.#responses)
      }
      return batches
    }

    override filterPartitionsByNode(nodeId: string, topics: Shards[]): Shards[] {
      return super.filterPartitionsByNode(nodeId, topics).map(({ topic, partitions }) => {
        const last = (partition: number): number => this.#servedIn.get(`${topic}/${partition}`) ?? 0
        return { topic, partitions: [...partitions].sort((one, other) => last(one) - last(other)) }
      })
    }
  }
}
