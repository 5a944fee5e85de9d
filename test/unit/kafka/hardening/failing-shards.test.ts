import assert from 'node:assert/strict'
import * as failingShards from '../../../../lib/kafka/hardening/failing-shards'
import { setFindings } from '../../../../lib/kafka/hardening/fetched-records'
import { installMembershipHooks } from '../../../../lib/kafka/hardening/membership-hooks'
import * as shardErrors from '../../../../lib/kafka/hardening/shard-errors'
import type { BatchInternals, ClusterInternals } from '../../../../lib/kafka/internals'
import { UnreadableBatchError } from '../../../../lib/kafka/unreadable-batch'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface ConsumerGroup {
  subscriptionState: { assign(shards: unknown): void }
  offsetManager: unknown
  joinAndSync(): Promise<void>
  fetch(nodeId: string): Promise<BatchInternals[]>
}

interface Partition {
  partition: number
  errorCode: number
  highWatermark: string
  messages: unknown[]
}

const OFFSET_OUT_OF_RANGE = 1
const NOT_LEADER = 6
const TOPIC_AUTHORIZATION_FAILED = 29
const STORAGE_ERROR = 56

/** A member with shards 0, 1 and 2, and what became of each of its fetches. */
class Rig {
  /** What the service says of a shard; 0: here is a record. */
  readonly codes = [0, 0, 0]
  /** What the decoder says of a shard. */
  readonly unreadable = new Map<number, UnreadableBatchError>()
  readonly asked: number[][] = []
  readonly told: string[] = []
  readonly group: ConsumerGroup

  constructor(isFixed: boolean) {
    const modules = isFixed ? kafkajsWith(shardErrors, failingShards) : kafkajsWith()
    const Group = modules.load(failingShards.file) as new (options: object) => ConsumerGroup
    const { parse } = modules.load('src/protocol/requests/fetch/v11/response.js') as {
      parse: (answer: object) => Promise<unknown>
    }
    const silent = (): void => undefined
    const cluster = {
      refreshMetadataIfNecessary: () => Promise.resolve(),
      refreshMetadata: () => Promise.resolve(this.told.push('refresh metadata')),
      findTopicPartitionMetadata: () =>
        [0, 1, 2].map((partitionId) => ({ partitionId, leader: 1 })),
      findGroupCoordinator: () => Promise.reject(new Error('joins')),
      findBroker: () =>
        Promise.resolve({
          fetch: ({ topics }: { topics: { partitions: { partition: number }[] }[] }) => {
            const shards = topics.flatMap(({ partitions }) => partitions)
            this.asked.push(shards.map(({ partition }) => partition))
            return parse({
              responses: [
                {
                  topicName: 't',
                  partitions: shards.map(({ partition }) => this.#answer(partition)),
                },
              ],
            })
          },
        }),
    }
    this.group = new Group({
      logger: {
        namespace: () => ({ info: silent, debug: silent, warn: silent, error: silent }),
      },
      maxWaitTimeInMs: 1,
      topics: ['t'],
      retry: { retries: 0 },
      cluster,
    })
    installMembershipHooks(cluster as unknown as ClusterInternals, {
      beforeRejoin: () => Promise.resolve(),
      beforeLeave: () => Promise.resolve(),
      onJoining: silent,
      onJoinFailed: silent,
      onFetch: silent,
      onFetchFailed: silent,
      onPositionReset: silent,
      onShardFailed: (shard, error, isGivenUp) =>
        this.told.push(`shard ${shard} ${isGivenUp ? 'given up' : 'failed'}: ${error.message}`),
    })
    this.group.subscriptionState.assign([{ topic: 't', partitions: [0, 1, 2] }])
    this.group.offsetManager = {
      resolveOffsets: () => Promise.resolve(),
      committedOffsets: () => ({ t: { 0: '5', 1: '5', 2: '5' } }),
      nextOffset: () => '5',
      setDefaultOffset: ({ partition }: { partition: number }) =>
        Promise.resolve(this.told.push(`reset ${partition}`)),
    }
  }

  /** Shards whose records arrived. */
  async fetch(): Promise<number[]> {
    return (await this.group.fetch('1')).map(({ partition }) => partition)
  }

  #answer(partition: number): Partition {
    const errorCode = this.codes[partition] ?? 0
    const unreadable = this.unreadable.get(partition)
    const messages = errorCode || unreadable ? [] : [{ offset: '5' }]
    if (unreadable) setFindings(messages, { lastOffset: null, unreadable, isCutShort: false })
    return { partition, errorCode, highWatermark: '6', messages }
  }
}

describe('kafka/hardening/failing-shards', () => {
  it('stock: brings nothing of the others while one shard fails', async () => {
    const rig = new Rig(false)
    rig.codes[1] = STORAGE_ERROR
    await assert.rejects(rig.fetch(), { type: 'KAFKA_STORAGE_ERROR' })
  })

  it('fixed: reads the others, says so, and leaves that one alone for a while', async () => {
    const rig = new Rig(true)
    rig.codes[1] = STORAGE_ERROR
    assert.deepEqual(await rig.fetch(), [0, 2])
    assert.deepEqual(await rig.fetch(), [0, 2])
    assert.deepEqual(rig.asked, [
      [0, 1, 2],
      [0, 2],
    ])
    assert.equal(rig.told.length, 1)
    assert.match(rig.told[0] ?? '', /^shard 1 failed: /)
  })

  it('fixed: tries a shard again as soon as another one is read again', async () => {
    const rig = new Rig(true)
    const realNow = Date.now
    let now = realNow()
    Date.now = () => now
    try {
      rig.codes[1] = STORAGE_ERROR
      await rig.fetch()
      now += 500
      rig.codes[0] = STORAGE_ERROR
      assert.deepEqual(await rig.fetch(), [2])
      now += 500
      rig.codes.fill(0)
      assert.deepEqual(await rig.fetch(), [1, 2])
      // By itself it would be tried half a second later.
      assert.deepEqual(await rig.fetch(), [0, 1, 2])
    } finally {
      Date.now = realNow
    }
  })

  it('fixed: does not try one again that was given up', async () => {
    const rig = new Rig(true)
    const realNow = Date.now
    let now = realNow()
    Date.now = () => now
    try {
      rig.unreadable.set(2, new UnreadableBatchError(5n, new Error('nonsense')))
      rig.codes[1] = STORAGE_ERROR
      await rig.fetch()
      now += 1_000
      rig.codes.fill(0)
      assert.deepEqual(await rig.fetch(), [0, 1])
      assert.deepEqual(await rig.fetch(), [0, 1])
    } finally {
      Date.now = realNow
    }
  })

  it('fixed: tries it again when shards are assigned', async () => {
    const rig = new Rig(true)
    rig.codes[1] = STORAGE_ERROR
    await rig.fetch()
    rig.codes[1] = 0
    await assert.rejects(rig.group.joinAndSync(), /joins/)
    assert.deepEqual(await rig.fetch(), [0, 1, 2])
  })

  it('stock: joins the group again for a leader that has moved', async () => {
    const rig = new Rig(false)
    rig.codes[1] = NOT_LEADER
    await assert.rejects(rig.fetch(), /joins/)
  })

  it('fixed: asks who leads it now, and reads the others', async () => {
    const rig = new Rig(true)
    rig.codes[1] = NOT_LEADER
    assert.deepEqual(await rig.fetch(), [0, 2])
    assert.equal(rig.told.at(-1), 'refresh metadata')
  })

  it('fixed: resets each position that is out of range, and reads the others', async () => {
    const rig = new Rig(true)
    rig.codes.splice(0, 2, OFFSET_OUT_OF_RANGE, OFFSET_OUT_OF_RANGE)
    assert.deepEqual(await rig.fetch(), [2])
    assert.deepEqual(rig.told, ['reset 0', 'reset 1'])
  })

  it('fixed: fails where the logstore as a whole may not be read', async () => {
    const rig = new Rig(true)
    rig.codes.fill(TOPIC_AUTHORIZATION_FAILED)
    await assert.rejects(rig.fetch(), { type: 'TOPIC_AUTHORIZATION_FAILED' })
  })

  it('fixed: gives up a shard whose next batch cannot be decoded, and reads the others', async () => {
    const rig = new Rig(true)
    rig.unreadable.set(2, new UnreadableBatchError(5n, new Error('nonsense')))
    assert.deepEqual(await rig.fetch(), [0, 1])
    assert.deepEqual(await rig.fetch(), [0, 1])
    assert.deepEqual(rig.told, ['shard 2 given up: nonsense'])
    assert.deepEqual(rig.asked.at(-1), [0, 1])
  })
})
