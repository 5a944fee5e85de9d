import { createRequire } from 'node:module'

export interface ConsumerGroup {
  subscriptionState: { assign(shards: unknown): void }
  offsetManager: unknown
  lastRequest: number
  pause(shards: unknown): void
  resume(shards: unknown): void
  fetch(nodeId: string): Promise<unknown[]>
}

export type ConsumerGroupClass = new (options: object) => ConsumerGroup

export const SHARD = [{ topic: 't', partitions: [0] }]
export const TWO_SHARDS = [{ topic: 't', partitions: [0, 1] }]

export const stockConsumerGroup = createRequire(require.resolve('kafkajs/package.json'))(
  './src/consumer/consumerGroup.js',
) as ConsumerGroupClass

export interface Broker {
  /** The longest wait that each fetch asked for. */
  readonly waits: number[]
  /** What the next fetches bring for shard 0. */
  records: unknown[]
}

/** A member of a group that has one shard. Its broker answers a fetch at once. */
export function member(
  Group: ConsumerGroupClass,
  maxWaitTimeInMs: number,
  broker: Broker = { waits: [], records: [] },
): ConsumerGroup {
  const silent = (): void => undefined
  const group = new Group({
    logger: { namespace: () => ({ info: silent, debug: silent }) },
    maxWaitTimeInMs,
    topics: ['t'],
    cluster: {
      refreshMetadataIfNecessary: () => Promise.resolve(),
      findTopicPartitionMetadata: () => [0, 1].map((partitionId) => ({ partitionId, leader: 1 })),
      findBroker: () =>
        Promise.resolve({
          fetch: ({ maxWaitTime }: { maxWaitTime: number }) => {
            broker.waits.push(maxWaitTime)
            return Promise.resolve({
              responses: [
                { topicName: 't', partitions: [{ partition: 0, messages: broker.records }] },
              ],
            })
          },
        }),
    },
  })
  group.subscriptionState.assign(SHARD)
  group.offsetManager = {
    resolveOffsets: () => Promise.resolve(),
    committedOffsets: () => ({ t: { 0: '5', 1: '5' } }),
    nextOffset: () => '5',
  }
  return group
}
