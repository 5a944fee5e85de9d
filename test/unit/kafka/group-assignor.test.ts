import assert from 'node:assert/strict'
import { GroupAssignor } from '../../../lib/kafka/group/group-assignor'
import {
  decodeAssignment,
  decodeSubscription,
  encodeSubscription,
} from '../../../lib/kafka/group/group-protocol'
import { ShardDirectory } from '../../../lib/kafka/cluster/shard-directory'
import { FakeCluster } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const LOGSTORE = 'app-log'
const OTHER = 'other-log'

/** Metadata that other clients may send, or that a fault may make of it. */
const GARBAGE = [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(64, 0xff)]

describe('kafka/group-assignor', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let directory: ShardDirectory
  let assignor: GroupAssignor

  beforeEach(async () => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    haveShards(LOGSTORE, [0, 1, 2])
    const { signal } = new AbortController()
    directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, signal)
    await directory.find()
    assignor = new GroupAssignor(LOGSTORE, cluster.asCluster, directory)
  })

  function haveShards(logstore: string, shards: readonly number[]): void {
    cluster.leaders.set(logstore, new Map(shards.map((shard) => [shard, 1])))
  }

  /** @returns shards of each logstore, by member */
  async function assign(
    members: Readonly<Record<string, Buffer>>,
  ): Promise<Record<string, Record<string, readonly number[]>>> {
    const joined = Object.entries(members).map(([memberId, metadata]) => ({ memberId, metadata }))
    const assigned = await assignor.assign(joined)
    return Object.fromEntries(
      assigned.map(({ memberId, assignment }) => [
        memberId,
        Object.fromEntries(decodeAssignment(assignment)),
      ]),
    )
  }

  it('subscribes to one logstore', () => {
    assert.deepEqual(decodeSubscription(assignor.subscription(LOGSTORE)), [LOGSTORE])
  })

  it('assigns the shards of every logstore that a member reads', async () => {
    haveShards(OTHER, [7, 3])
    const assigned = await assign({
      a: encodeSubscription([LOGSTORE]),
      b: encodeSubscription([LOGSTORE, OTHER]),
      c: encodeSubscription([OTHER]),
    })
    assert.deepEqual(assigned, {
      a: { [LOGSTORE]: [0, 1] },
      b: { [LOGSTORE]: [2], [OTHER]: [3] },
      c: { [OTHER]: [7] },
    })
  })

  it('assigns another logstore also where no member reads its own', async () => {
    haveShards(OTHER, [0])
    assert.deepEqual(await assign({ a: encodeSubscription([OTHER]) }), { a: { [OTHER]: [0] } })
  })

  it('gives nothing to a member with unreadable metadata, and the shards to the others', async () => {
    for (const garbage of GARBAGE) {
      const assigned = await assign({ a: garbage, b: encodeSubscription([LOGSTORE]) })
      assert.deepEqual(assigned, { a: {}, b: { [LOGSTORE]: [0, 1, 2] } })
    }
  })

  it('assigns nothing of a logstore that does not exist', async () => {
    const assigned = await assign({
      a: encodeSubscription(['missing-log']),
      b: encodeSubscription([LOGSTORE]),
    })
    assert.deepEqual(assigned, { a: { 'missing-log': [] }, b: { [LOGSTORE]: [0, 1, 2] } })
  })

  it('keeps logstores apart whose names objects have by themselves', async () => {
    haveShards('constructor', [5])
    const assigned = await assign({ a: encodeSubscription(['constructor', LOGSTORE]) })
    assert.deepEqual(assigned, { a: { constructor: [5], [LOGSTORE]: [0, 1, 2] } })
  })

  it('asks for the current shards, unless its list is fresh', async () => {
    const members = { a: encodeSubscription([LOGSTORE]) }
    await assign(members)
    assert.equal(cluster.metadataCount, 1)
    haveShards(LOGSTORE, [0, 1, 2, 3])
    await clock.advance(1_000)
    assert.deepEqual(await assign(members), { a: { [LOGSTORE]: [0, 1, 2, 3] } })
  })

  it('rejects when no broker can be asked', async () => {
    await clock.advance(1_000)
    cluster.metadataFailure = new Error('unreachable')
    await assert.rejects(assign({ a: encodeSubscription([LOGSTORE]) }), cluster.metadataFailure)
  })

  describe('hasNewShards', () => {
    async function hasNewShardsLater(): Promise<boolean> {
      await clock.advance(1_000)
      return assignor.hasNewShards()
    }

    beforeEach(async () => {
      haveShards(OTHER, [0, 1])
      await assign({ a: encodeSubscription([LOGSTORE]), b: encodeSubscription([OTHER]) })
    })

    it('is false while the shards stay as they were assigned', async () => {
      assert.equal(await hasNewShardsLater(), false)
    })

    it('is true when a logstore of the group has a shard more, also one of another member', async () => {
      for (const logstore of [LOGSTORE, OTHER]) {
        haveShards(logstore, [0, 1, 2, 9])
        assert.equal(await hasNewShardsLater(), true, logstore)
        haveShards(logstore, logstore === LOGSTORE ? [0, 1, 2] : [0, 1])
      }
    })

    it('is false when a shard expired, or the service refuses a logstore for a moment', async () => {
      haveShards(OTHER, [1])
      assert.equal(await hasNewShardsLater(), false)
      cluster.topicErrorCode = 3
      assert.equal(await hasNewShardsLater(), false)
    })
  })
})
