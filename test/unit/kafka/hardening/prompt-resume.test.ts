import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { file, rewrite } from '../../../../lib/kafka/hardening/prompt-resume'

interface ConsumerGroup {
  subscriptionState: { assign(shards: unknown): void }
  offsetManager: unknown
  pause(shards: unknown): void
  resume(shards: unknown): void
  fetch(nodeId: string): Promise<unknown[]>
}

type ConsumerGroupClass = new (options: object) => ConsumerGroup

const stock = createRequire(require.resolve('kafkajs/package.json'))(
  `./${file}`,
) as ConsumerGroupClass
const fixed = rewrite(stock) as ConsumerGroupClass

const SHARD = [{ topic: 't', partitions: [0] }]
const TWO_SHARDS = [{ topic: 't', partitions: [0, 1] }]
const LONGEST_WAIT = 60_000

/** A member whose only shard is paused. Its broker answers a fetch at once. */
function pausedMember(
  Group: ConsumerGroupClass,
  maxWaitTimeInMs: number,
  asked: number[] = [],
): ConsumerGroup {
  const silent = (): void => undefined
  const logger = { namespace: () => ({ info: silent, debug: silent }) }
  const group = new Group({
    logger,
    maxWaitTimeInMs,
    topics: ['t'],
    cluster: {
      refreshMetadataIfNecessary: () => Promise.resolve(),
      findTopicPartitionMetadata: () => [0, 1].map((partitionId) => ({ partitionId, leader: 1 })),
      findBroker: () =>
        Promise.resolve({
          fetch: ({ maxWaitTime }: { maxWaitTime: number }) => {
            asked.push(maxWaitTime)
            return Promise.resolve({
              responses: [{ topicName: 't', partitions: [{ partition: 0, messages: [] }] }],
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
  group.pause(SHARD)
  return group
}

/** Lets what was begun go on until it waits for time to pass. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

describe('kafka/hardening/prompt-resume', () => {
  it('stock: a fetch that found everything paused sleeps on after a resume', async () => {
    const group = pausedMember(stock, 200)
    const fetched = group.fetch('1')
    await turn()
    group.resume(SHARD)
    // It never asked the broker: the sleep ends with nothing.
    assert.deepEqual(await fetched, [])
  })

  it('fixed: it fetches as soon as a shard is resumed', async () => {
    const group = pausedMember(fixed, LONGEST_WAIT)
    const fetched = group.fetch('1')
    await turn()
    group.resume(SHARD)
    assert.equal((await fetched).length, 1)
  })

  it('fixed: it comes back after the longest wait, so that heartbeats go on', async () => {
    const group = pausedMember(fixed, 50)
    assert.deepEqual(await group.fetch('1'), [])
  })

  for (const [Group, name, waits] of [
    [stock, 'stock: asks for the longest wait', [LONGEST_WAIT, LONGEST_WAIT]],
    [fixed, 'fixed: asks for a short wait', [100, LONGEST_WAIT]],
  ] as const) {
    it(`${name} while one of two shards is paused, and for the longest after it was resumed`, async () => {
      const asked: number[] = []
      const group = pausedMember(Group, LONGEST_WAIT, asked)
      group.subscriptionState.assign(TWO_SHARDS)
      await group.fetch('1')
      group.resume(SHARD)
      await group.fetch('1')
      assert.deepEqual(asked, waits)
    })
  }
})
