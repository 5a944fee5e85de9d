import assert from 'node:assert/strict'
import { Fetcher } from '../../../lib/kafka/fetcher'
import { ShardDirectory } from '../../../lib/kafka/shard-directory'
import { FIRST_BROKER, FakeCluster } from '../../support/fake-cluster'
import { fetcherEvents } from '../../support/fetcher-events'
import { ManualClock } from '../../support/manual-clock'
import { batchAround, encodeRecord } from '../../support/record-sets'
import type { Answer, Fields } from '../../support/spoken'

const LOGSTORE = 'app-log'
const SECOND_BROKER = { nodeId: 2, host: 'two.test', port: 9093 }
const NONE: ReadonlySet<number> = new Set()

interface PendingFetch {
  readonly nodeId: number
  readonly maxWaitMs: number
  /** Offset that each shard was asked from. */
  readonly from: ReadonlyMap<number, bigint>
  /** @param next by shard: an error code, the offset of its only record, or nothing for no record */
  answer(next: Readonly<Record<number, bigint | number>>, errorCode?: number): Promise<void>
  fail(error: Error): Promise<void>
}

describe('kafka/fetcher', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let directory: ShardDirectory
  let seen: string[]
  let fetches: PendingFetch[]
  let isWithinSession: boolean
  let fetcher: Fetcher
  let stop: AbortController
  let running: Promise<void>

  beforeEach(async () => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    cluster.brokers = [FIRST_BROKER, SECOND_BROKER]
    stop = new AbortController()
    directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, stop.signal)
    lead({ 0: 1, 1: 1, 2: 2 })
    await directory.find()
    seen = []
    fetches = []
    isWithinSession = true
    cluster.on('Fetch', (fields, nodeId) => arrive(fields, nodeId))
    fetcher = new Fetcher(
      { logstore: LOGSTORE, maxBytesPerShard: 1_000 },
      { cluster: cluster.asCluster, directory, clock },
      fetcherEvents(seen),
      () => isWithinSession,
    )
    running = fetcher.run(stop.signal)
    running.catch(() => undefined)
  })

  afterEach(async () => {
    stop.abort()
    for (const fetch of fetches) await fetch.fail(new Error('the test is over'))
    await settle()
    assert.equal(clock.pending, 0, 'a timer was left')
  })

  function lead(leaders: Readonly<Record<number, number>>): void {
    const entries = Object.entries(leaders).map(([shard, node]) => [Number(shard), node] as const)
    cluster.leaders.set(LOGSTORE, new Map(entries))
  }

  /** Lets promises and the turns that a loop takes after a response pass. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 6; turn++) await clock.settle()
  }

  function arrive(fields: Fields<'Fetch'>, nodeId: number): Promise<Answer<'Fetch'>> {
    const partitions = fields.topics[0]?.partitions ?? []
    return new Promise((resolve, reject) => {
      const settled = async (settleIt: () => void): Promise<void> => {
        fetches = fetches.filter((one) => one !== pending)
        settleIt()
        await settle()
      }
      const pending: PendingFetch = {
        nodeId,
        maxWaitMs: fields.maxWaitMs,
        from: new Map(partitions.map(({ partition, offset }) => [partition, offset])),
        answer: (next, errorCode = 0) =>
          settled(() => {
            resolve(answerOf([...pending.from.keys()], next, errorCode))
          }),
        fail: (error) =>
          settled(() => {
            reject(error)
          }),
      }
      fetches.push(pending)
    })
  }

  function answerOf(
    shards: readonly number[],
    next: Readonly<Record<number, bigint | number>>,
    errorCode: number,
  ): Answer<'Fetch'> {
    const partitions = shards.map((partition) => {
      const found = next[partition]
      return {
        partition,
        error: typeof found === 'number' ? found : 0,
        highWatermark: 0n,
        earliestOffset: 0n,
        batches: typeof found === 'bigint' ? [batchAround(found, encodeRecord({}))] : [],
      }
    })
    const topics = [{ name: LOGSTORE, partitions }]
    return { error: errorCode, isReadCommitted: false, abortedTransactions: 0, topics }
  }

  /** The only fetch under way to this broker. */
  function fetchTo(nodeId: number): PendingFetch {
    const [found, ...others] = fetches.filter((one) => one.nodeId === nodeId)
    assert.ok(found, `no fetch to broker ${nodeId}`)
    assert.equal(others.length, 0)
    return found
  }

  const isFetching = (nodeId: number): boolean => fetches.some((one) => one.nodeId === nodeId)

  async function assign(positions: Readonly<Record<number, bigint>>): Promise<void> {
    const shards = Object.keys(positions).map(Number)
    fetcher.assign(shards, NONE)
    fetcher.release()
    fetcher.start(new Map(shards.map((shard) => [shard, positions[shard] ?? 0n])))
    await settle()
  }

  const told = (): string[] => seen.filter((line) => line !== 'answer')

  it('fetches nothing before a shard has a position, or while it is held', async () => {
    assert.equal(fetcher.isActive, false)
    fetcher.assign([0], NONE)
    fetcher.start(new Map([[0, 5n]]))
    await settle()
    assert.equal(fetches.length, 0)
    fetcher.assign([1], NONE)
    fetcher.release()
    await settle()
    assert.equal(fetches.length, 0)
    assert.equal(fetcher.isWithoutPosition(1), true)
    assert.equal(fetcher.has(0), false)
  })

  it('asks each broker for the shards that it leads, on a connection of its own', async () => {
    await assign({ 0: 10n, 1: 20n, 2: 2n ** 60n })
    assert.deepEqual(
      [...fetchTo(1).from],
      [
        [0, 10n],
        [1, 20n],
      ],
    )
    assert.deepEqual([...fetchTo(2).from], [[2, 2n ** 60n]])
    assert.ok(cluster.sent.every(({ purpose }) => purpose === 'fetch'))
    assert.equal(fetcher.isActive, true)
  })

  it('goes on where the response ended', async () => {
    await assign({ 0: 10n })
    await fetchTo(1).answer({ 0: 10n })
    assert.deepEqual(told(), ['fetched 0: 10 next 11'])
    assert.deepEqual([...fetchTo(1).from], [[0, 11n]])
  })

  it('asks first for the shards that were not served', async () => {
    await assign({ 0: 10n, 1: 20n })
    await fetchTo(1).answer({ 0: 10n })
    assert.deepEqual([...fetchTo(1).from.keys()], [1, 0])
  })

  it('keeps what comes for a paused shard, and asks for the others', async () => {
    await assign({ 0: 10n, 1: 20n })
    fetcher.pause(0)
    await fetchTo(1).answer({ 0: 10n, 1: 20n })
    assert.deepEqual(told(), ['fetched 1: 20 next 21'])
    assert.deepEqual([...fetchTo(1).from.keys()], [1])
    fetcher.resume(0)
    assert.deepEqual(told().slice(1), ['fetched 0: 10 next 11'])
    await fetchTo(1).answer({})
    assert.deepEqual([...fetchTo(1).from.keys()].sort(), [0, 1])
  })

  it('asks at once for a shard that is resumed while nothing is under way', async () => {
    await assign({ 0: 10n })
    fetcher.pause(0)
    await fetchTo(1).answer({})
    assert.equal(isFetching(1), false)
    assert.equal(fetcher.isActive, false)
    fetcher.resume(0)
    await settle()
    assert.deepEqual([...fetchTo(1).from], [[0, 10n]])
  })

  it('throws away what was under way at a seek, also to the same offset, and goes on there', async () => {
    await assign({ 0: 10n })
    for (const offset of [10n, 500n]) {
      const before = fetchTo(1)
      fetcher.seek(0, offset)
      await before.answer({ 0: 10n })
      assert.deepEqual(told(), [])
      assert.deepEqual([...fetchTo(1).from], [[0, offset]])
    }
    await fetchTo(1).answer({ 0: 500n })
    assert.deepEqual(told(), ['fetched 0: 500 next 501'])
  })

  it('lets a seek before the position is known win over the committed offset', async () => {
    fetcher.assign([0], NONE)
    fetcher.release()
    fetcher.seek(0, 77n)
    fetcher.start(new Map([[0, 5n]]))
    await settle()
    assert.deepEqual([...fetchTo(1).from], [[0, 77n]])
  })

  describe('in a rebalance', () => {
    it('keeps what comes during the hold, and delivers it if the shard is kept', async () => {
      await assign({ 0: 10n, 1: 20n })
      fetcher.hold()
      await fetchTo(1).answer({ 0: 10n, 1: 20n })
      assert.deepEqual(told(), [])
      assert.equal(isFetching(1), false)
      fetcher.assign([0], new Set([0]))
      fetcher.release()
      await settle()
      assert.deepEqual(told(), ['fetched 0: 10 next 11'])
      assert.deepEqual([...fetchTo(1).from], [[0, 11n]])
    })

    it('throws away what came for a shard that is assigned again and was not kept', async () => {
      await assign({ 0: 10n })
      fetcher.hold()
      await fetchTo(1).answer({ 0: 10n })
      await assign({ 0: 5n })
      assert.deepEqual(told(), [])
      assert.deepEqual([...fetchTo(1).from], [[0, 5n]])
    })

    it('throws away what was asked for before, also if it comes when the shard has a position', async () => {
      await assign({ 0: 10n })
      const before = fetchTo(1)
      fetcher.hold()
      await assign({ 0: 5n })
      await before.answer({ 0: 10n })
      assert.deepEqual(told(), [], 'the records from 5 to 9 would be passed over')
      assert.deepEqual([...fetchTo(1).from], [[0, 5n]])
    })

    it('asks for failing shards that are kept at once', async () => {
      await assign({ 0: 10n })
      await fetchTo(1).answer({ 0: 13 })
      assert.equal(isFetching(1), false)
      fetcher.hold()
      fetcher.assign([0], new Set([0]))
      fetcher.release()
      await settle()
      assert.equal(isFetching(1), true)
    })
  })

  it('keeps what comes while another member may own the shards', async () => {
    await assign({ 0: 10n })
    isWithinSession = false
    await fetchTo(1).answer({ 0: 10n })
    assert.deepEqual(told(), [])
    isWithinSession = true
    fetcher.deliverParked()
    await settle()
    assert.deepEqual(told(), ['fetched 0: 10 next 11'])
    assert.deepEqual([...fetchTo(1).from], [[0, 11n]])
  })

  describe('after a failure', () => {
    it('asks again after a back-off that grows, and reports each failure', async () => {
      await assign({ 0: 10n })
      let attempts = 0
      await fetchTo(1).fail(new Error('broken'))
      for (let tenths = 0; tenths < 100; tenths++) {
        await clock.advance(100)
        await settle()
        if (!isFetching(1)) continue
        attempts++
        await fetchTo(1).fail(new Error('broken'))
      }
      assert.ok(attempts >= 4 && attempts <= 6, `${attempts} attempts in 10 s`)
      assert.equal(told().filter((line) => line === 'trouble broken').length, attempts + 1)
    })

    for (const errorCode of [-1, 7, 70, 71, 89, 999]) {
      it(`backs off when a whole response has the code ${errorCode}`, async () => {
        await assign({ 0: 10n })
        await fetchTo(1).answer({}, errorCode)
        assert.equal(isFetching(1), false)
        assert.equal(told().length, 1)
        assert.match(told()[0] ?? '', /^trouble /)
        await clock.advance(500)
        await settle()
        assert.deepEqual([...fetchTo(1).from], [[0, 10n]])
      })
    }

    for (const errorCode of [34, 58]) {
      it(`ends all connections when the login holds no longer, by code ${errorCode}`, async () => {
        await assign({ 0: 10n })
        await fetchTo(1).answer({}, errorCode)
        assert.equal(cluster.ended.length, 1)
      })
    }

    for (const errorCode of [29, 31]) {
      it(`rejects when the service refuses for good with code ${errorCode}`, async () => {
        await assign({ 0: 10n, 2: 10n })
        const rejected = assert.rejects(running, { name: 'BrokerError', api: 'Fetch', errorCode })
        await fetchTo(1).answer(errorCode === 29 ? { 0: errorCode } : {}, errorCode === 29 ? 0 : 31)
        await rejected
      })
    }

    it('waits longer for the first byte after each failure', async () => {
      const connection = cluster.fakeConnection(FIRST_BROKER, 'fetch')
      await assign({ 0: 10n })
      const patience = [connection.lastWaitMs - fetchTo(1).maxWaitMs]
      for (let failure = 0; failure < 3; failure++) {
        await fetchTo(1).fail(new Error('silent'))
        await clock.advance(3_000)
        await settle()
        patience.push(connection.lastWaitMs - fetchTo(1).maxWaitMs)
      }
      assert.deepEqual(patience, [0, 10_000, 30_000, 30_000])
      await fetchTo(1).answer({})
      assert.equal(connection.lastWaitMs - fetchTo(1).maxWaitMs, 0)
    })
  })

  describe('when leaders move', () => {
    it('looks for them at once, and goes on at the new one', async () => {
      await assign({ 0: 10n })
      lead({ 0: 2 })
      await clock.advance(1_000)
      await fetchTo(1).answer({ 0: 6 })
      await clock.advance(500)
      await settle()
      assert.deepEqual([...fetchTo(2).from], [[0, 10n]])
      assert.equal(isFetching(1), false)
    })

    it('throws away what the former leader sends, and never asks both', async () => {
      await assign({ 0: 10n, 1: 20n })
      const former = fetchTo(1)
      lead({ 0: 2, 1: 1 })
      await clock.advance(10_000)
      await settle()
      await fetchTo(2).answer({ 0: 10n })
      await former.answer({ 0: 10n })
      assert.deepEqual(told(), ['fetched 0: 10 next 11', 'caught up 1'])
      assert.deepEqual([...fetchTo(1).from.keys()], [1])
      assert.deepEqual([...fetchTo(2).from], [[0, 11n]])
    })

    it('asks for metadata at most once a second while a shard has no leader', async () => {
      lead({ 0: -1 })
      await clock.advance(1_000)
      await directory.refresh()
      const before = cluster.metadataCount
      await assign({ 0: 10n })
      await clock.advance(10_000)
      assert.ok(cluster.metadataCount - before <= 11)
      assert.equal(fetches.length, 0)
      lead({ 0: 2 })
      await clock.advance(2_000)
      await settle()
      assert.equal(isFetching(2), true)
    })

    it('goes on fetching while no broker answers the question for the leaders', async () => {
      await assign({ 0: 10n })
      cluster.metadataFailure = new Error('unreachable')
      await clock.advance(30_000)
      await settle()
      assert.ok(told().includes('trouble unreachable'))
      await fetchTo(1).answer({ 0: 10n })
      assert.equal(told().at(-1), 'fetched 0: 10 next 11')
    })
  })

  it('resolves when it is stopped', async () => {
    await assign({ 0: 10n })
    stop.abort()
    await running
  })
})
