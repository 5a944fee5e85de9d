import assert from 'node:assert/strict'
import { ShardDirectory } from '../../../lib/kafka/cluster/shard-directory'
import { FIRST_BROKER, FakeCluster } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const LOGSTORE = 'app-log'
const UNKNOWN_NODE = 77

describe('kafka/shard-directory', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let closing: AbortController
  let directory: ShardDirectory

  beforeEach(() => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    closing = new AbortController()
    directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, closing.signal)
    leadBy(FIRST_BROKER.nodeId, [10, 2, 0])
  })

  function leadBy(nodeId: number, shards: readonly number[]): void {
    cluster.leaders.set(LOGSTORE, new Map(shards.map((shard) => [shard, nodeId])))
  }

  /** Asks again when it can be done at once. */
  async function refreshLater(): Promise<void> {
    await clock.advance(1_000)
    await directory.refresh()
  }

  it('lists the shards in ascending order, with the brokers that lead them', async () => {
    assert.deepEqual(directory.shards, [])
    assert.deepEqual(await directory.find(), [0, 2, 10])
    assert.deepEqual(directory.leaderOf(10), FIRST_BROKER)
    assert.equal(directory.has(2), true)
    assert.equal(directory.has(1), false)
    assert.equal(directory.leaderOf(1), null)
  })

  it('knows no leader for a shard without one, or with one that is not among the brokers', async () => {
    cluster.leaders.set(
      LOGSTORE,
      new Map([
        [0, -1],
        [1, UNKNOWN_NODE],
      ]),
    )
    await directory.find()
    assert.equal(directory.leaderOf(0), null)
    assert.equal(directory.leaderOf(1), null)
    assert.deepEqual(directory.shards, [0, 1])
  })

  it('asks at most once a second, whoever asks', async () => {
    await directory.find()
    const refreshes = [directory.refresh(), directory.refresh(), directory.find()]
    await clock.advance(999)
    assert.equal(cluster.metadataCount, 1)
    await clock.advance(1)
    await Promise.all(refreshes)
    assert.equal(cluster.metadataCount, 2)
    await directory.ensureFresh()
    assert.equal(cluster.metadataCount, 2, 'the list is fresh')
    await clock.advance(1_000)
    await directory.ensureFresh()
    assert.equal(cluster.metadataCount, 3)
  })

  it('asks at most once a second also while no broker can be reached', async () => {
    const failure = new Error('unreachable')
    cluster.metadataFailure = failure
    await assert.rejects(directory.refresh(), failure)
    const again = assert.rejects(directory.refresh(), failure)
    await clock.advance(999)
    assert.equal(cluster.metadataCount, 1)
    await clock.advance(1)
    await again
    assert.equal(cluster.metadataCount, 2)
  })

  it('waits no longer for the second when the client closes', async () => {
    await directory.find()
    const refresh = directory.refresh()
    closing.abort()
    await refresh
    assert.equal(clock.pending, 0)
  })

  it('counts the age of its list from the request', async () => {
    assert.equal(directory.ageMs, Infinity)
    await directory.find()
    await clock.advance(2_500)
    assert.equal(directory.ageMs, 2_500)
  })

  for (const errorCode of [3, 5, 29, -1]) {
    it(`keeps its shards when the service refuses the logstore with code ${errorCode}`, async () => {
      await directory.find()
      cluster.topicErrorCode = errorCode
      await refreshLater()
      assert.deepEqual(directory.shards, [0, 2, 10])
      assert.deepEqual(directory.leaderOf(0), FIRST_BROKER)
    })

    it(`finds no logstore that the service refuses with code ${errorCode}`, async () => {
      cluster.topicErrorCode = errorCode
      await assert.rejects(directory.find(), { name: 'BrokerError', api: 'Metadata', errorCode })
    })
  }

  it('finds no logstore that the response lacks', async () => {
    cluster.leaders.clear()
    await assert.rejects(directory.find(), { name: 'BrokerError', errorCode: 3 })
  })

  it('finds a logstore again after it was refused', async () => {
    cluster.topicErrorCode = 3
    await assert.rejects(directory.find())
    cluster.topicErrorCode = 0
    await clock.advance(1_000)
    assert.deepEqual(await directory.find(), [0, 2, 10])
  })

  it('says when a shard is new, and not for the first list', async () => {
    let count = 0
    directory.onNewShards = () => count++
    await directory.find()
    await refreshLater()
    assert.equal(count, 0)
    leadBy(FIRST_BROKER.nodeId, [0, 2, 10, 11])
    await refreshLater()
    assert.equal(count, 1)
    leadBy(FIRST_BROKER.nodeId, [11])
    await refreshLater()
    assert.equal(count, 1, 'a shard that expired is not new')
    assert.deepEqual(directory.shards, [11])
  })
})
