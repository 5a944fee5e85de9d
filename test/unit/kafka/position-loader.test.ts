import assert from 'node:assert/strict'
import type { Fetcher } from '../../../lib/kafka/fetch/fetcher'
import { PositionLoader } from '../../../lib/kafka/fetch/position-loader'
import { ShardDirectory } from '../../../lib/kafka/cluster/shard-directory'
import { FakeCluster } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const LOGSTORE = 'app-log'
const GROUP = 'g'
const NEVER_COMMITTED = -1n

describe('kafka/position-loader', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let positions: Map<number, bigint>
  let refusals: [number, string][]
  let troubles: unknown[]
  let generation: AbortController
  let loader: PositionLoader
  /** By shard: a committed offset, or an error code. */
  let committed: Map<number, bigint | number>
  /** By shard: the first offset, or an error code. */
  let first: Map<number, bigint | number>

  beforeEach(async () => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    cluster.leaders.set(LOGSTORE, new Map([0, 1, 2].map((shard) => [shard, 1])))
    generation = new AbortController()
    const directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, generation.signal)
    await directory.find()
    positions = new Map()
    refusals = []
    troubles = []
    committed = new Map()
    first = new Map()
    cluster.on('OffsetFetch', ({ topics }) => ({
      error: 0,
      topics: (topics ?? []).map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => ({
          partition,
          ...found(committed.get(partition) ?? NEVER_COMMITTED),
          leaderEpoch: -1,
          metadata: '',
        })),
      })),
    }))
    cluster.on('ListOffsets', ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition }) => ({
          partition,
          ...found(first.get(partition) ?? 0n),
          timestamp: -1n,
        })),
      })),
    }))
    const parts = { cluster: cluster.asCluster, directory, clock }
    loader = new PositionLoader({ group: GROUP, logstore: LOGSTORE }, parts, fakeFetcher(), (one) =>
      troubles.push(one),
    )
  })

  function found(offsetOrCode: bigint | number): { error: number; offset: bigint } {
    return typeof offsetOrCode === 'number'
      ? { error: offsetOrCode, offset: -1n }
      : { error: 0, offset: offsetOrCode }
  }

  function fakeFetcher(): Fetcher {
    const fetcher: Pick<Fetcher, 'isWithoutPosition' | 'start' | 'refuse'> = {
      isWithoutPosition: (shard) => !positions.has(shard),
      start: (started) => {
        for (const [shard, offset] of started) positions.set(shard, offset)
      },
      refuse: (shard, { type }) => refusals.push([shard, type]),
    }
    return fetcher as Fetcher
  }

  const load = (): Promise<void> => loader.load([0, 1, 2], generation.signal)

  it('begins at the committed offset, or at the first record of a shard without one', async () => {
    committed.set(0, 2n ** 60n).set(1, 0n)
    first.set(2, 7n)
    await load()
    assert.deepEqual(
      [...positions],
      [
        [0, 2n ** 60n],
        [1, 0n],
        [2, 7n],
      ],
    )
    const asked = cluster
      .requests('ListOffsets')
      .flatMap(({ topics }) => topics.flatMap(({ partitions }) => partitions))
    assert.deepEqual(asked, [{ partition: 2, timestamp: -2n }])
  })

  it('asks for nothing when every shard has a position', async () => {
    for (const shard of [0, 1, 2]) positions.set(shard, 1n)
    await load()
    assert.deepEqual(cluster.sent, [])
  })

  it('never begins at the first record when the committed offset is refused', async () => {
    committed.set(0, 5n).set(1, 14).set(2, 5n)
    const done = load()
    await clock.settle()
    assert.deepEqual([...positions.keys()], [0, 2])
    assert.deepEqual(refusals, [[1, 'GROUP_LOAD_IN_PROGRESS']])
    assert.deepEqual(cluster.requests('ListOffsets'), [])
    committed.set(1, 9n)
    await clock.advance(1_000)
    await done
    assert.equal(positions.get(1), 9n)
  })

  it('is no trouble as long as some shards begin', async () => {
    committed.set(0, 5n).set(1, 999).set(2, 5n)
    const done = load()
    await clock.settle()
    assert.deepEqual(troubles, [])
    await clock.advance(1_000)
    assert.match(String(troubles[0]), /999/)
    generation.abort()
    await done
  })

  for (const [errorCode, type] of [
    [14, 'GROUP_LOAD_IN_PROGRESS'],
    [15, 'GROUP_COORDINATOR_NOT_AVAILABLE'],
    [16, 'NOT_COORDINATOR_FOR_GROUP'],
  ] as const) {
    it(`looks the coordinator up again for ${type}`, async () => {
      committed.set(0, errorCode)
      const done = load()
      await clock.settle()
      assert.equal(cluster.forgottenCount, 1)
      generation.abort()
      await done
    })
  }

  it('looks the coordinator up again when a connection broke', async () => {
    cluster.on('OffsetFetch', () => {
      throw new Error('broken')
    })
    const done = load()
    await clock.settle()
    assert.equal(cluster.forgottenCount, 1)
    assert.deepEqual(troubles, [new Error('broken')])
    generation.abort()
    await done
  })

  it('looks for the leaders again when the first offset is asked of the wrong broker', async () => {
    first.set(1, 6)
    const done = load()
    await clock.advance(1_000)
    assert.equal(cluster.metadataCount, 2)
    assert.equal(refusals[0]?.[1], 'NOT_LEADER_FOR_PARTITION')
    first.set(1, 3n)
    await clock.advance(2_000)
    await done
    assert.equal(positions.get(1), 3n)
  })

  for (const errorCode of [29, 30]) {
    it(`rejects when the service refuses a shard for good with code ${errorCode}`, async () => {
      committed.set(1, errorCode)
      await assert.rejects(load(), { name: 'BrokerError', api: 'OffsetFetch', errorCode })
    })
  }

  it('asks at most 6 times in 10 s while all is refused', async () => {
    for (const shard of [0, 1, 2]) committed.set(shard, 999)
    const done = load()
    await clock.advance(9_999)
    assert.ok(cluster.requests('OffsetFetch').length <= 6)
    assert.ok(cluster.requests('OffsetFetch').length >= 3)
    generation.abort()
    await done
  })

  it('starts nothing when the assignment ended before the response came', async () => {
    const done = load()
    generation.abort()
    await done
    assert.equal(positions.size, 0)
    assert.equal(clock.pending, 0)
  })
})
