import assert from 'node:assert/strict'
import { UnknownCodecError } from '../../../lib/kafka/compression/codecs'
import type { FetchedShardSet } from '../../../lib/kafka/fetch-response'
import { FetchShard } from '../../../lib/kafka/fetch-shard'
import { ResponseReader } from '../../../lib/kafka/response-reader'
import { ShardDirectory } from '../../../lib/kafka/shard-directory'
import type { FetchedRecord } from '../../../lib/kafka/source'
import { UnreadableBatchError } from '../../../lib/kafka/unreadable-batch'
import { FakeCluster } from '../../support/fake-cluster'
import { fetcherEvents } from '../../support/fetcher-events'
import { ManualClock } from '../../support/manual-clock'

const LOGSTORE = 'app-log'

/** Records with these offsets. */
function records(offsets: readonly bigint[]): FetchedRecord[] {
  return offsets.map((offset) => ({
    offset: String(offset),
    key: null,
    value: null,
    timestamp: '0',
  }))
}

function emptySet(shard: number): FetchedShardSet {
  return {
    logstore: LOGSTORE,
    shard,
    errorCode: 0,
    highWatermark: 0n,
    preferredReplica: null,
    records: [],
    lastOffset: null,
    unreadable: null,
    isCutShort: false,
    codecs: new Set(),
    formats: new Set(),
  }
}

function recordSet(shard: number, offsets: readonly bigint[]): FetchedShardSet {
  return { ...emptySet(shard), records: records(offsets), lastOffset: offsets.at(-1) ?? null }
}

function refusedSet(shard: number, errorCode: number): FetchedShardSet {
  return { ...emptySet(shard), errorCode }
}

describe('kafka/response-reader', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let shards: Map<number, FetchShard>
  let seen: string[]
  let staleCount: number
  let mayDeliver: boolean
  let reader: ResponseReader

  beforeEach(async () => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    cluster.leaders.set(LOGSTORE, new Map([0, 1, 2].map((shard) => [shard, 1])))
    const { signal } = new AbortController()
    const directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, signal)
    await directory.find()
    shards = new Map([0, 1, 2].map((id) => [id, new FetchShard(id)]))
    for (const shard of shards.values()) shard.moveTo(100n)
    seen = []
    staleCount = 0
    mayDeliver = true
    reader = new ResponseReader(shards, {
      logstore: LOGSTORE,
      cluster: cluster.asCluster,
      directory,
      clock,
      events: fetcherEvents(seen),
      mayDeliver: () => mayDeliver,
      onLeadersStale: () => staleCount++,
    })
  })

  function shardOf(id: number): FetchShard {
    const shard = shards.get(id)
    assert.ok(shard)
    return shard
  }

  /** What is asked for now. */
  const asked = (): Parameters<ResponseReader['read']>[1] =>
    new Map([...shards.values()].map((shard) => [shard, shard.epoch]))

  function read(sets: readonly FetchedShardSet[], epochs = asked()): boolean {
    return reader.read({ throttleMs: 0, errorCode: 0, sessionId: 0, shards: sets }, epochs)
  }

  /** Of the events, those that are not `answer`. */
  const told = (): string[] => seen.filter((line) => line !== 'answer')

  describe('of records', () => {
    it('delivers them, and goes on after the last one', () => {
      assert.equal(read([recordSet(1, [100n, 101n, 105n])]), true)
      assert.deepEqual(seen, ['answer', 'fetched 1: 100 101 105 next 106'])
      assert.equal(shardOf(1).next, 106n)
    })

    it('goes on after the last offset of a batch that holds no record', () => {
      assert.equal(read([{ ...emptySet(1), lastOffset: 120n }]), false)
      assert.deepEqual(told(), ['fetched 1:  next 121'])
      assert.equal(shardOf(1).next, 121n)
    })

    it('leaves out records before its position, because a batch comes whole', () => {
      read([recordSet(1, [98n, 99n, 100n])])
      assert.deepEqual(told(), ['fetched 1: 100 next 101'])
    })

    it('compares offsets beyond 2^53 exactly', () => {
      const position = 2n ** 53n + 1n
      shardOf(1).moveTo(position)
      read([recordSet(1, [position - 1n, position, position + 1n])])
      assert.deepEqual(told(), [`fetched 1: ${position} ${position + 1n} next ${position + 2n}`])
    })

    it('passes over what was asked for in an earlier epoch', () => {
      const epochs = asked()
      shardOf(1).moveTo(100n)
      assert.equal(read([recordSet(1, [100n]), recordSet(2, [100n])], epochs), true)
      assert.deepEqual(told(), ['fetched 2: 100 next 101'])
      assert.equal(shardOf(1).next, 100n)
    })

    it('passes over shards that were not asked for, or are not assigned any more', () => {
      const epochs = asked()
      shards.delete(1)
      assert.equal(read([recordSet(1, [100n]), recordSet(9, [100n])], epochs), false)
      assert.deepEqual(told(), [])
    })

    it('passes over what was asked for before the shard was assigned again', () => {
      const epochs = asked()
      shards.set(1, new FetchShard(1))
      shardOf(1).moveTo(50n)
      read([recordSet(1, [100n])], epochs)
      assert.deepEqual(told(), [])
      assert.equal(shardOf(1).next, 50n)
    })

    it('passes over a shard without a position', () => {
      shards.set(1, new FetchShard(1))
      assert.equal(shardOf(1).next, null)
      read([recordSet(1, [100n]), emptySet(1)])
      assert.deepEqual(told(), [])
    })

    it('notes in which response a shard was served, so that the others are asked for first', () => {
      read([recordSet(1, [100n])])
      read([recordSet(2, [100n]), emptySet(1)])
      assert.ok(shardOf(2).servedIn > shardOf(1).servedIn)
      assert.ok(shardOf(1).servedIn > shardOf(0).servedIn)
    })
  })

  describe('of no record', () => {
    it('says that the shard is caught up', () => {
      assert.equal(read([emptySet(1)]), false)
      assert.deepEqual(told(), ['caught up 1'])
      assert.equal(shardOf(1).next, 100n)
    })

    it('says that the response was cut short, where a limit ended it before', () => {
      read([{ ...emptySet(1), isCutShort: true }])
      assert.deepEqual(told(), ['cut short 1'])
    })

    it('counts as an answer', () => {
      read([])
      assert.deepEqual(seen, ['answer'])
    })
  })

  describe('while a delivery cannot be made', () => {
    it('keeps the records of a paused shard, and delivers them once', () => {
      shardOf(1).isPaused = true
      read([recordSet(1, [100n])])
      assert.deepEqual(told(), [])
      assert.equal(shardOf(1).next, 101n)
      shardOf(1).isPaused = false
      reader.deliverParked(shardOf(1))
      reader.deliverParked(shardOf(1))
      assert.deepEqual(told(), ['fetched 1: 100 next 101'])
    })

    it('keeps the records of all shards while nothing may be delivered', () => {
      mayDeliver = false
      read([recordSet(1, [100n]), recordSet(2, [100n])])
      reader.deliverParked(shardOf(1))
      assert.deepEqual(told(), [])
      mayDeliver = true
      reader.deliverParked(shardOf(1))
      reader.deliverParked(shardOf(2))
      assert.deepEqual(told(), ['fetched 1: 100 next 101', 'fetched 2: 100 next 101'])
    })

    it('forgets that a shard is caught up, because that may not hold any more later', () => {
      mayDeliver = false
      read([emptySet(1), { ...emptySet(2), isCutShort: true }])
      mayDeliver = true
      for (const shard of shards.values()) reader.deliverParked(shard)
      assert.deepEqual(told(), [])
    })

    it('throws parked records away when the shard was moved', () => {
      shardOf(1).isPaused = true
      read([recordSet(1, [100n])])
      shardOf(1).moveTo(50n)
      shardOf(1).isPaused = false
      reader.deliverParked(shardOf(1))
      assert.deepEqual(told(), [])
      assert.equal(shardOf(1).next, 50n)
    })

    it('delivers nothing of a shard that is not assigned any more', () => {
      const lost = shardOf(1)
      lost.isPaused = true
      read([recordSet(1, [100n])])
      lost.isPaused = false
      shards.set(1, new FetchShard(1))
      reader.deliverParked(lost)
      assert.deepEqual(told(), [])
    })
  })

  describe('of an unreadable batch', () => {
    const unreadable = new UnreadableBatchError(100n, new Error('bad bytes'), 109n)

    it('stops the shard and no other one', () => {
      const epochs = asked()
      read([{ ...emptySet(1), unreadable }, recordSet(2, [100n])], epochs)
      assert.deepEqual(told(), [
        'failed 1: SLS_BATCH_UNREADABLE 100 to 109',
        'fetched 2: 100 next 101',
      ])
      assert.equal(shardOf(1).isStopped, true)
      assert.equal(shardOf(1).next, 100n)
      read([recordSet(1, [110n])], epochs)
      assert.equal(told().length, 2, 'a response that was under way counts no more')
    })

    it('names the codec that this client does not know', () => {
      const error = new UnreadableBatchError(100n, new UnknownCodecError(7))
      read([{ ...emptySet(1), unreadable: error }])
      assert.deepEqual(told(), ['failed 1: SLS_CODEC_UNSUPPORTED 100 to null'])
    })

    it('delivers first what precedes it, and stops at the next fetch', () => {
      read([{ ...recordSet(1, [100n, 101n]), unreadable }])
      assert.deepEqual(told(), ['fetched 1: 100 101 next 102'])
      assert.equal(shardOf(1).isStopped, false)
      read([{ ...emptySet(1), unreadable }])
      assert.equal(shardOf(1).isStopped, true)
    })
  })

  it('backs a shard off that gets only records before its position', async () => {
    for (let fetch = 0; fetch < 20 && told().length === 0; fetch++) {
      assert.equal(read([recordSet(1, [90n, 91n])]), true)
      assert.equal(shardOf(1).isDue(clock.monotonic()), false)
      await clock.advance(shardOf(1).retryAtMs - clock.monotonic())
    }
    assert.deepEqual(told(), ['failed 1: SLS_SERVICE_ERROR'])
    assert.equal(shardOf(1).next, 100n)
  })

  describe('of an error', () => {
    for (const errorCode of [2, 13, 70, 76, 78, 89, -1, 999]) {
      it(`backs off the shard alone for code ${errorCode}`, () => {
        read([refusedSet(1, errorCode), recordSet(2, [100n])])
        assert.deepEqual(seen, ['answer', 'fetched 2: 100 next 101'])
        assert.equal(shardOf(1).isDue(clock.monotonic()), false)
        assert.equal(shardOf(2).isDue(clock.monotonic()), true)
        assert.equal(staleCount, 0)
      })
    }

    for (const errorCode of [3, 5, 6, 9, 56, 74, 75, 100]) {
      it(`doubts the leaders as well for code ${errorCode}`, () => {
        read([refusedSet(1, errorCode), emptySet(2)])
        assert.equal(shardOf(1).isDue(clock.monotonic()), false)
        assert.equal(staleCount, 1)
      })
    }

    for (const errorCode of [17, 29, 31]) {
      it(`ends the membership for code ${errorCode}`, () => {
        assert.throws(() => read([refusedSet(1, errorCode), emptySet(2)]), {
          name: 'BrokerError',
          api: 'Fetch',
          errorCode,
        })
      })
    }

    it('is trouble and no answer if every shard has one', () => {
      read([refusedSet(1, 6), refusedSet(2, 5)])
      assert.deepEqual(seen, ['trouble NOT_LEADER_FOR_PARTITION'])
    })

    it('reports a shard when it will have failed for 5 s before its next attempt', async () => {
      const startMs = clock.monotonic()
      const failures = (): string[] => seen.filter((line) => line.startsWith('failed'))
      while (failures().length === 0) {
        read([refusedSet(1, 13), emptySet(2)])
        const { retryAtMs } = shardOf(1)
        assert.equal(failures().length > 0, retryAtMs - startMs >= 5_000)
        await clock.advance(retryAtMs - clock.monotonic())
      }
      assert.deepEqual(failures(), ['failed 1: NETWORK_EXCEPTION'])
      assert.ok(clock.monotonic() - startMs < 9_000)
    })

    it('asks for failing shards again together', async () => {
      read([refusedSet(1, 13), emptySet(0)])
      await clock.advance(10)
      read([refusedSet(2, 13), emptySet(0)])
      assert.equal(shardOf(1).retryAtMs, shardOf(2).retryAtMs)
      assert.ok(shardOf(1).retryAtMs > clock.monotonic())
    })

    it('asks for all shards at once when one of them recovers', () => {
      for (let failure = 0; failure < 5; failure++) read([refusedSet(1, 13), refusedSet(2, 13)])
      read([emptySet(2)])
      assert.equal(shardOf(2).failingSinceMs, null)
      assert.equal(shardOf(1).isDue(clock.monotonic()), true)
      assert.notEqual(shardOf(1).failingSinceMs, null)
    })
  })

  describe('of a position out of range', () => {
    function beginAt(offsets: Readonly<Record<number, bigint>>, errorCode = 0): void {
      cluster.on('ListOffsets', ({ topics }) => ({
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
      read([refusedSet(1, 1), emptySet(2)])
      await clock.settle()
      assert.deepEqual(told(), ['caught up 2', 'reset 1: 100 to 5000'])
      assert.equal(shardOf(1).next, 5_000n)
    })

    it('looks several shards up in one request, and asks for none of them meanwhile', async () => {
      beginAt({ 1: 5_000n, 2: 7n })
      read([refusedSet(1, 1), refusedSet(2, 1), emptySet(0)])
      assert.equal(shardOf(1).isDue(clock.monotonic()), false)
      await clock.settle()
      const [request, ...others] = cluster.requests('ListOffsets')
      assert.deepEqual(
        request?.topics[0]?.partitions.map(({ partition, timestamp }) => [partition, timestamp]),
        [
          [1, -2n],
          [2, -2n],
        ],
      )
      assert.equal(others.length, 0)
      assert.deepEqual(told().slice(1), ['reset 1: 100 to 5000', 'reset 2: 100 to 7'])
    })

    it('leaves the shard alone if it was moved or lost meanwhile', async () => {
      beginAt({ 1: 5_000n, 2: 5_000n })
      read([refusedSet(1, 1), refusedSet(2, 1), emptySet(0)])
      shardOf(1).moveTo(60n)
      shards.set(2, new FetchShard(2))
      shardOf(2).moveTo(70n)
      await clock.settle()
      assert.equal(shardOf(1).next, 60n)
      assert.equal(shardOf(2).next, 70n)
      assert.deepEqual(told(), ['caught up 0'])
    })

    it('backs the shard off if the lookup fails, and keeps its position', async () => {
      beginAt({}, 6)
      read([refusedSet(1, 1), emptySet(0)])
      await clock.settle()
      cluster.on('ListOffsets', () => {
        throw new Error('broken')
      })
      read([refusedSet(1, 1)])
      await clock.settle()
      assert.equal(shardOf(1).next, 100n)
      assert.equal(shardOf(1).isDue(clock.monotonic()), false)
      assert.ok(told().includes('trouble NOT_LEADER_FOR_PARTITION'))
      assert.equal(told().at(-1), 'trouble broken')
    })
  })
})
