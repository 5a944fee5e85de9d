import assert from 'node:assert/strict'
import { FetchResponseRig, emptySet, recordSet, refusedSet } from '../../support/fetch-response-rig'

describe('kafka/fetch-response-handler: errors', () => {
  let rig: FetchResponseRig

  beforeEach(async () => {
    rig = await FetchResponseRig.make()
  })

  describe('of an error', () => {
    for (const errorCode of [2, 13, 70, 76, 78, 89, -1, 999]) {
      it(`backs off the shard alone for code ${errorCode}`, () => {
        rig.read([refusedSet(1, errorCode), recordSet(2, [100n])])
        assert.deepEqual(rig.seen, ['alive', 'fetched 2: 100 next 101'])
        assert.equal(rig.shard(1).isDue(rig.clock.monotonic()), false)
        assert.equal(rig.shard(2).isDue(rig.clock.monotonic()), true)
        assert.equal(rig.staleCount, 0)
      })
    }

    for (const errorCode of [3, 5, 6, 9, 56, 74, 75, 100]) {
      it(`doubts the leaders as well for code ${errorCode}`, () => {
        rig.read([refusedSet(1, errorCode), emptySet(2)])
        assert.equal(rig.shard(1).isDue(rig.clock.monotonic()), false)
        assert.equal(rig.staleCount, 1)
      })
    }

    for (const errorCode of [17, 29, 31]) {
      it(`ends the membership for code ${errorCode}`, () => {
        assert.throws(() => rig.read([refusedSet(1, errorCode), emptySet(2)]), {
          name: 'BrokerError',
          api: 'Fetch',
          errorCode,
        })
      })
    }

    it('is trouble and no answer if every shard has one', () => {
      rig.read([refusedSet(1, 6), refusedSet(2, 5)])
      assert.deepEqual(rig.seen, ['trouble NOT_LEADER_FOR_PARTITION'])
    })

    it('reports a shard when it will have failed for 5 s before its next attempt', async () => {
      const startMs = rig.clock.monotonic()
      const failures = (): string[] => rig.seen.filter((line) => line.startsWith('failed'))
      while (failures().length === 0) {
        rig.read([refusedSet(1, 13), emptySet(2)])
        const { retryAtMs } = rig.shard(1)
        assert.equal(failures().length > 0, retryAtMs - startMs >= 5_000)
        await rig.clock.advance(retryAtMs - rig.clock.monotonic())
      }
      assert.deepEqual(failures(), ['failed 1: NETWORK_EXCEPTION'])
      assert.ok(rig.clock.monotonic() - startMs < 9_000)
    })

    it('asks for failing shards again together', async () => {
      rig.read([refusedSet(1, 13), emptySet(0)])
      await rig.clock.advance(10)
      rig.read([refusedSet(2, 13), emptySet(0)])
      assert.equal(rig.shard(1).retryAtMs, rig.shard(2).retryAtMs)
      assert.ok(rig.shard(1).retryAtMs > rig.clock.monotonic())
    })

    it('asks for all shards at once when one of them recovers', () => {
      for (let failure = 0; failure < 5; failure++) rig.read([refusedSet(1, 13), refusedSet(2, 13)])
      rig.read([emptySet(2)])
      assert.equal(rig.shard(2).failingSinceMs, null)
      assert.equal(rig.shard(1).isDue(rig.clock.monotonic()), true)
      assert.notEqual(rig.shard(1).failingSinceMs, null)
    })
  })

  describe('of a position out of range', () => {
    function beginAt(offsets: Readonly<Record<number, bigint>>, errorCode = 0): void {
      rig.cluster.on('ListOffsets', ({ topics }) => ({
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partition }) => ({
            partition,
            error: errorCode,
            timestamp: -1n,
            offset: offsets[partition] ?? -1n,
          })),
        })),
      }))
    }

    it('goes on at the first record, and says so', async () => {
      beginAt({ 1: 5_000n })
      rig.read([refusedSet(1, 1), emptySet(2)])
      await rig.clock.settle()
      assert.deepEqual(rig.told, ['caught up 2', 'reset 1: 100 to 5000'])
      assert.equal(rig.shard(1).next, 5_000n)
    })

    it('looks several shards up in one request, and asks for none of them meanwhile', async () => {
      beginAt({ 1: 5_000n, 2: 7n })
      rig.read([refusedSet(1, 1), refusedSet(2, 1), emptySet(0)])
      assert.equal(rig.shard(1).isDue(rig.clock.monotonic()), false)
      await rig.clock.settle()
      const [request, ...others] = rig.cluster.requests('ListOffsets')
      assert.deepEqual(
        request?.topics[0]?.partitions.map(({ partition, timestamp }) => [partition, timestamp]),
        [
          [1, -2n],
          [2, -2n],
        ],
      )
      assert.equal(others.length, 0)
      assert.deepEqual(rig.told.slice(1), ['reset 1: 100 to 5000', 'reset 2: 100 to 7'])
    })

    it('leaves the shard alone if it was moved or lost meanwhile', async () => {
      beginAt({ 1: 5_000n, 2: 5_000n })
      rig.read([refusedSet(1, 1), refusedSet(2, 1), emptySet(0)])
      rig.shard(1).moveTo(60n)
      rig.assignAgain(2)
      rig.shard(2).moveTo(70n)
      await rig.clock.settle()
      assert.equal(rig.shard(1).next, 60n)
      assert.equal(rig.shard(2).next, 70n)
      assert.deepEqual(rig.told, ['caught up 0'])
    })

    it('backs the shard off if the lookup fails, and keeps its position', async () => {
      beginAt({}, 6)
      rig.read([refusedSet(1, 1), emptySet(0)])
      await rig.clock.settle()
      rig.cluster.on('ListOffsets', () => {
        throw new Error('broken')
      })
      rig.read([refusedSet(1, 1)])
      await rig.clock.settle()
      assert.equal(rig.shard(1).next, 100n)
      assert.equal(rig.shard(1).isDue(rig.clock.monotonic()), false)
      assert.ok(rig.told.includes('trouble NOT_LEADER_FOR_PARTITION'))
      assert.equal(rig.told.at(-1), 'trouble broken')
    })
  })
})
