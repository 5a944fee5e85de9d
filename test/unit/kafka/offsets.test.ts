import assert from 'node:assert/strict'
import {
  NO_MEMBER,
  commitOffsets,
  fetchCommittedOffsets,
  groupedBy,
  listBeginnings,
  listEnds,
  listOffsetsAt,
  listShardOffsets,
  type ShardOffsets,
} from '../../../lib/kafka/group/offsets'
import { EARLIEST, LATEST } from '../../../lib/kafka/group/offset-requests'
import { ShardDirectory } from '../../../lib/kafka/cluster/shard-directory'
import { FIRST_BROKER, FakeCluster } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'
import type { ResponseFields, Fields } from '../../support/emulator-codec'

const LOGSTORE = 'app-log'
const GROUP = 'g'
const SECOND_BROKER = { nodeId: 2, host: 'two.test', port: 9093 }

/** Codes that mean different things to a client; each must reach the caller as it is. */
const CODES = [1, 3, 5, 6, 9, 13, 43, 56, 74, 75, 76, 89, -1, 999]

/** Error codes by shard, and only those. */
function codesOf({ refused }: ShardOffsets): [number, number][] {
  return [...refused].map(([shard, { errorCode }]) => [shard, errorCode])
}

describe('kafka/offsets', () => {
  let cluster: FakeCluster
  let directory: ShardDirectory

  beforeEach(async () => {
    const clock = new ManualClock()
    cluster = new FakeCluster(clock)
    cluster.brokers = [FIRST_BROKER, SECOND_BROKER]
    directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, new AbortController().signal)
    await lead([1, 2, 1])
  })

  /** @param leaders node id by shard */
  async function lead(leaders: readonly number[]): Promise<void> {
    cluster.leaders.set(LOGSTORE, new Map(leaders.entries()))
    await directory.find()
  }

  /** Answers ListOffsets with an offset, an error code as a number, or nothing for a shard. */
  function listing(answerFor: (shard: number, timestamp: bigint) => bigint | number | null): void {
    cluster.on('ListOffsets', ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.flatMap(({ partition, timestamp }) => {
          const found = answerFor(partition, timestamp)
          if (found === null) return []
          const [error, offset] = typeof found === 'number' ? [found, -1n] : [0, found]
          return [{ partition, error, timestamp: -1n, offset }]
        }),
      })),
    }))
  }

  const askAll = (time: number): Promise<ShardOffsets> =>
    listShardOffsets(cluster.asCluster, directory, { logstore: LOGSTORE, shards: [0, 1, 2], time })

  describe('listShardOffsets', () => {
    it('asks each leader once, for its own shards and the time', async () => {
      listing((shard) => BigInt(shard) + 2n ** 60n)
      const { offsets, refused } = await askAll(1_234)
      assert.deepEqual(
        [...offsets].sort(([one], [other]) => one - other),
        [
          [0, 2n ** 60n],
          [1, 2n ** 60n + 1n],
          [2, 2n ** 60n + 2n],
        ],
      )
      assert.equal(refused.size, 0)
      const asked = cluster.sent.map(({ nodeId, fields }) => {
        const { topics } = fields as Fields<'ListOffsets'>
        return [nodeId, topics[0]?.partitions]
      })
      assert.deepEqual(asked, [
        [
          1,
          [
            { partition: 0, timestamp: 1_234n },
            { partition: 2, timestamp: 1_234n },
          ],
        ],
        [2, [{ partition: 1, timestamp: 1_234n }]],
      ])
    })

    it('judges each shard by itself, whatever the code', async () => {
      for (const errorCode of CODES) {
        listing((shard) => (shard === 0 ? errorCode : 7n))
        const found = await askAll(EARLIEST)
        assert.deepEqual(codesOf(found), [[0, errorCode]])
        assert.deepEqual(new Set(found.offsets.keys()), new Set([1, 2]), String(errorCode))
      }
    })

    it('has no offset for a shard without a record at that time, or that the response lacks', async () => {
      listing((shard) => [-1n, null, 7n][shard] ?? null)
      const found = await askAll(1_234)
      assert.deepEqual([...found.offsets], [[2, 7n]])
      assert.equal(found.refused.size, 0)
    })

    it('refuses a shard without a leader as one whose leader is not available', async () => {
      cluster.leaders.set(LOGSTORE, new Map([1, -1, 1].entries()))
      directory = new ShardDirectory(
        cluster.asCluster,
        LOGSTORE,
        new ManualClock(),
        new AbortController().signal,
      )
      await directory.find()
      listing(() => 7n)
      const found = await askAll(EARLIEST)
      assert.deepEqual(codesOf(found), [[1, 5]])
      assert.equal(found.offsets.size, 2)
    })

    it('rejects when a leader cannot be asked, because nothing is known of its shards then', async () => {
      const failure = new Error('broken')
      cluster.on('ListOffsets', (_fields, nodeId) => {
        if (nodeId === 2) throw failure
        return { topics: [] }
      })
      await assert.rejects(askAll(EARLIEST), failure)
    })
  })

  it('asks for the beginnings and the ends of all shards', async () => {
    listing((_shard, timestamp) => (timestamp === BigInt(EARLIEST) ? 3n : 9n))
    const beginnings = await listBeginnings(cluster.asCluster, directory, LOGSTORE)
    const ends = await listEnds(cluster.asCluster, directory, LOGSTORE)
    assert.deepEqual(new Set(beginnings.offsets.values()), new Set([3n]))
    assert.deepEqual(new Set(ends.offsets.values()), new Set([9n]))
    assert.equal(ends.offsets.size, 3)
  })

  describe('listOffsetsAt', () => {
    const ask = (): Promise<ShardOffsets> =>
      listOffsetsAt(cluster.asCluster, directory, LOGSTORE, 1_234)

    it('gives the end of a shard that has no record from that time on', async () => {
      listing((shard, timestamp) => {
        if (timestamp === BigInt(LATEST)) return 9n
        return shard === 1 ? -1n : 4n
      })
      const { offsets } = await ask()
      assert.deepEqual([offsets.get(0), offsets.get(1), offsets.get(2)], [4n, 9n, 4n])
    })

    it('asks for the ends first, so that no record that comes in between is passed over', async () => {
      listing(() => 4n)
      await ask()
      const times = cluster
        .requests('ListOffsets')
        .map(({ topics }) => topics[0]?.partitions[0]?.timestamp)
      assert.deepEqual(times, [-1n, -1n, 1_234n, 1_234n])
    })

    it('has no offset for a shard that is refused at the time, because its end would skip records', async () => {
      listing((shard, timestamp) => (shard === 2 && timestamp === 1_234n ? 6 : 9n))
      const found = await ask()
      assert.deepEqual(codesOf(found), [[2, 6]])
      assert.deepEqual(new Set(found.offsets.keys()), new Set([0, 1]))
    })

    it('needs no end of a shard that has a record from that time on', async () => {
      listing((shard, timestamp) => (shard === 2 && timestamp === BigInt(LATEST) ? 6 : 9n))
      const found = await ask()
      assert.equal(found.refused.size, 0)
      assert.equal(found.offsets.get(2), 9n)
    })

    it('reports the refused end of a shard that has no record from that time on', async () => {
      listing((shard, timestamp) => {
        if (shard !== 2) return 9n
        return timestamp === BigInt(LATEST) ? 6 : -1n
      })
      const found = await ask()
      assert.deepEqual(codesOf(found), [[2, 6]])
      assert.equal(found.offsets.has(2), false)
    })
  })

  describe('fetchCommittedOffsets', () => {
    const ask = (): Promise<ShardOffsets> =>
      fetchCommittedOffsets(cluster.asCluster, GROUP, LOGSTORE, [0, 1, 2])

    function committed(errorCode: number, shards: readonly [bigint, number][]): void {
      const unused = { leaderEpoch: -1, metadata: '' }
      const answer: ResponseFields<'OffsetFetch'> = {
        error: errorCode,
        topics: [
          {
            name: LOGSTORE,
            partitions: shards.map(([offset, error], partition) => ({
              partition,
              offset,
              error,
              ...unused,
            })),
          },
        ],
      }
      cluster.on('OffsetFetch', () => answer)
    }

    it('tells committed, never committed and refused shards apart, whatever the code', async () => {
      for (const errorCode of CODES) {
        committed(0, [
          [2n ** 62n, 0],
          [-1n, 0],
          [-1n, errorCode],
        ])
        const found = await ask()
        assert.deepEqual([...found.offsets], [[0, 2n ** 62n]])
        assert.deepEqual(codesOf(found), [[2, errorCode]])
      }
    })

    it('takes a group that the service does not know for one that has committed nothing', async () => {
      committed(69, [])
      assert.deepEqual(await ask(), { offsets: new Map(), refused: new Map() })
      committed(0, [[-1n, 69]])
      assert.deepEqual(await ask(), { offsets: new Map(), refused: new Map() })
    })

    it('asks the coordinator for the shards of the group', async () => {
      committed(0, [])
      await ask()
      const [{ nodeId, fields } = {}] = cluster.sent
      assert.equal(nodeId, FIRST_BROKER.nodeId)
      assert.deepEqual(fields, {
        groupId: GROUP,
        topics: [{ name: LOGSTORE, partitions: [0, 1, 2] }],
      })
    })

    it('rejects when the whole request is refused, also if the shards have no error', async () => {
      for (const errorCode of [14, 15, 16, 30, 999]) {
        committed(errorCode, [[5n, 0]])
        await assert.rejects(ask(), { name: 'BrokerError', api: 'OffsetFetch', errorCode })
      }
    })
  })

  it('commits for a group without a member, and returns the shards that were refused', async () => {
    cluster.on('OffsetCommit', ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition }) => ({ partition, error: partition * 3 })),
      })),
    }))
    const offsets = new Map([
      [0, 10n],
      [1, 2n ** 62n],
    ])
    const refused = await commitOffsets(cluster.asCluster, GROUP, NO_MEMBER, LOGSTORE, offsets)
    assert.deepEqual(
      [...refused].map(([shard, { api, type }]) => [shard, api, type]),
      [[1, 'OffsetCommit', 'UNKNOWN_TOPIC_OR_PARTITION']],
    )
    const [request] = cluster.requests('OffsetCommit')
    assert.deepEqual([request?.groupId, request?.generation, request?.memberId], [GROUP, -1, ''])
    assert.deepEqual(
      request?.topics[0]?.partitions.map(({ partition, offset }) => [partition, offset]),
      [...offsets],
    )
  })

  it('groups values by a key, in their order', () => {
    assert.deepEqual(
      [...groupedBy([1, 2, 3, 4], (value) => value % 2)],
      [
        [1, [1, 3]],
        [0, [2, 4]],
      ],
    )
  })
})
