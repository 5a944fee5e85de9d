import assert from 'node:assert/strict'
import { commitStartPosition } from '../../../lib/kafka/group/start-position'
import { EARLIEST, LATEST } from '../../../lib/kafka/group/offset-requests'
import { ShardDirectory } from '../../../lib/kafka/cluster/shard-directory'
import type { StartFrom } from '../../../lib/config/consumer-options'
import { FakeCluster } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const LOGSTORE = 'app-log'
const GROUP = 'g'
const NEVER_COMMITTED = -1n
const HOUR_MS = 3_600_000

describe('kafka/start-position', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let stop: AbortController
  let directory: ShardDirectory
  /** By shard: a committed offset, or the error code of OffsetFetch. */
  let committed: Map<number, bigint | number>
  /** By shard: the error code of ListOffsets. */
  let listErrors: Map<number, number>

  beforeEach(async () => {
    clock = new ManualClock(Date.UTC(2026, 0, 1))
    cluster = new FakeCluster(clock)
    stop = new AbortController()
    directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, stop.signal)
    cluster.leaders.set(LOGSTORE, new Map([0, 1, 2].map((shard) => [shard, 1])))
    await directory.find()
    committed = new Map()
    listErrors = new Map()
    cluster.on('OffsetFetch', ({ topics }) => ({
      error: 0,
      topics: (topics ?? []).map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => {
          const found = committed.get(partition) ?? NEVER_COMMITTED
          const [error, offset] = typeof found === 'number' ? [found, -1n] : [0, found]
          return { partition, error, offset, leaderEpoch: -1, metadata: '' }
        }),
      })),
    }))
    cluster.on('ListOffsets', ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition, timestamp }) => {
          const error = listErrors.get(partition) ?? 0
          const base = timestamp === BigInt(LATEST) ? 100n : 50n
          const offset = error === 0 ? base + BigInt(partition) : -1n
          return { partition, error, timestamp: -1n, offset }
        }),
      })),
    }))
    refuseCommits(() => 0)
  })

  /** @param errorCodeOf a shard in the given commit, counted from 1 */
  function refuseCommits(errorCodeOf: (shard: number, commit: number) => number): void {
    let count = 0
    cluster.on('OffsetCommit', ({ topics }) => {
      count++
      return {
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partition }) => ({
            partition,
            error: errorCodeOf(partition, count),
          })),
        })),
      }
    })
  }

  function set(startFrom: StartFrom): Promise<void> {
    const context = { cluster: cluster.asCluster, directory, clock, signal: stop.signal }
    return commitStartPosition({ ...context, group: GROUP, logstore: LOGSTORE }, startFrom)
  }

  /** Shard and offset of each commit. */
  function commits(): [number, bigint][][] {
    return cluster
      .requests('OffsetCommit')
      .map(({ topics }) =>
        (topics[0]?.partitions ?? []).map(({ partition, offset }) => [partition, offset]),
      )
  }

  it('asks for nothing and commits nothing from the earliest record on', async () => {
    await set('earliest')
    assert.deepEqual(cluster.sent, [])
  })

  it('commits the ends of all shards of a new group, without a member', async () => {
    await set('latest')
    assert.deepEqual(commits(), [
      [
        [0, 100n],
        [1, 101n],
        [2, 102n],
      ],
    ])
    const [commit] = cluster.requests('OffsetCommit')
    assert.deepEqual([commit?.groupId, commit?.generation, commit?.memberId], [GROUP, -1, ''])
  })

  it('looks a span up by wall time, whatever monotonic time says', async () => {
    await set({ time: { ago: HOUR_MS } })
    const asked = cluster
      .requests('ListOffsets')
      .map(({ topics }) => topics[0]?.partitions[0]?.timestamp)
    assert.deepEqual(asked, [BigInt(LATEST), BigInt(clock.now() - HOUR_MS)])
    assert.deepEqual(commits()[0]?.[0], [0, 50n])
  })

  it('leaves a group alone that has committed an offset of any shard', async () => {
    committed.set(2, 0n)
    await set('latest')
    assert.deepEqual(commits(), [])
    assert.deepEqual(cluster.requests('ListOffsets'), [])
  })

  it('rejects when the committed offset of a shard cannot be fetched', async () => {
    committed.set(1, 14)
    await assert.rejects(set('latest'), { name: 'BrokerError', api: 'OffsetFetch', errorCode: 14 })
    assert.deepEqual(commits(), [])
  })

  it('takes a group that the service does not know for one without committed offsets', async () => {
    cluster.on('OffsetFetch', () => ({ error: 69, topics: [] }))
    await set('latest')
    assert.equal(commits().length, 1)
  })

  for (const errorCode of [1, 3, 43]) {
    it(`leaves out a shard that ListOffsets refuses for good with code ${errorCode}`, async () => {
      listErrors.set(1, errorCode)
      await set('latest')
      assert.deepEqual(
        commits()[0]?.map(([shard]) => shard),
        [0, 2],
      )
    })
  }

  for (const errorCode of [5, 6, 9, 13, 56, 74, 75, 76, -1]) {
    it(`rejects and commits nothing when ListOffsets refuses a shard for now with code ${errorCode}`, async () => {
      listErrors.set(1, errorCode)
      await assert.rejects(set('latest'), { name: 'BrokerError', api: 'ListOffsets', errorCode })
      assert.deepEqual(commits(), [])
    })
  }

  it('commits nothing when no shard has an end', async () => {
    for (const shard of [0, 1, 2]) listErrors.set(shard, 3)
    await set('latest')
    assert.deepEqual(commits(), [])
  })

  it('commits the refused shards again after a backoff, and no others', async () => {
    refuseCommits((shard, commit) => (shard !== 0 && commit <= shard ? 3 : 0))
    const done = set('latest')
    await clock.settle()
    assert.equal(commits().length, 1)
    await clock.advance(10_000)
    await done
    assert.deepEqual(
      commits().map((commit) => commit.map(([shard]) => shard)),
      [[0, 1, 2], [1, 2], [2]],
    )
  })

  for (const errorCode of [22, 25, 27]) {
    it(`goes on when the group turns out to be in use, by code ${errorCode}`, async () => {
      refuseCommits(() => errorCode)
      await set('latest')
      assert.equal(commits().length, 1)
    })
  }

  it('rejects when a shard is refused five times, within 10 s', async () => {
    refuseCommits((shard) => (shard === 2 ? 6 : 0))
    const rejected = assert.rejects(set('latest'), {
      name: 'BrokerError',
      api: 'OffsetCommit',
      errorCode: 6,
    })
    await clock.advance(10_000)
    await rejected
    assert.equal(commits().length, 5)
  })

  it('ends its backoff when the client closes, and commits no more', async () => {
    refuseCommits(() => 6)
    const rejected = assert.rejects(set('latest'), { name: 'AbortError' })
    await clock.settle()
    stop.abort()
    await rejected
    assert.equal(commits().length, 1)
    assert.equal(clock.pending, 0)
  })

  it('does not look for the beginning of shards', async () => {
    await set('latest')
    const times = cluster
      .requests('ListOffsets')
      .flatMap(({ topics }) => topics.flatMap(({ partitions }) => partitions))
    assert.ok(times.every(({ timestamp }) => timestamp !== BigInt(EARLIEST)))
  })
})
