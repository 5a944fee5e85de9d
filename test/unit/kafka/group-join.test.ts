import assert from 'node:assert/strict'
import { GroupAssignor } from '../../../lib/kafka/group/group-assignor'
import { MemberRequests } from '../../../lib/kafka/group/member-requests'
import { GroupJoin, type JoinedGroup } from '../../../lib/kafka/group/group-join'
import { decodeAssignment, decodeSubscription } from '../../../lib/kafka/group/group-protocol'
import type { ShardDirectory } from '../../../lib/kafka/cluster/shard-directory'
import { describeAs } from '../../support/described-group'
import { FIRST_BROKER, FakeCluster } from '../../support/fake-cluster'
import { FakeGroup } from '../../support/fake-group'
import { ManualClock } from '../../support/manual-clock'
import { MEMBER_SETTINGS, memberParts } from '../../support/member-rig'

const LOGSTORE = MEMBER_SETTINGS.logstore
/** What a join can take: the rebalance timeout of the group, and a usual request. */
const GROUP_WAIT_MS = 75_000

describe('kafka/group-join', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let group: FakeGroup
  let directory: ShardDirectory
  let join: GroupJoin
  let requests: MemberRequests
  let stop: AbortController

  beforeEach(async () => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    group = new FakeGroup(cluster, LOGSTORE)
    stop = new AbortController()
    const parts = memberParts(cluster, clock, stop.signal)
    directory = parts.directory
    haveShards([0, 1, 2])
    await directory.find()
    const assignor = new GroupAssignor(LOGSTORE, cluster.asCluster, directory)
    requests = new MemberRequests(MEMBER_SETTINGS, parts)
    join = new GroupJoin(MEMBER_SETTINGS, parts, assignor, requests)
  })

  afterEach(() => {
    assert.equal(clock.pending, 0, 'a timer was left')
  })

  function haveShards(shards: readonly number[]): void {
    cluster.leaders.set(LOGSTORE, new Map(shards.map((shard) => [shard, 1])))
  }

  const attempt = (): Promise<JoinedGroup> => join.attempt(stop.signal, () => undefined)

  it('joins, syncs, and says when the join was sent', async () => {
    await clock.advance(500)
    group.shards = [2, 0]
    assert.deepEqual(await attempt(), {
      memberId: 'm1',
      generation: 1,
      isLeader: false,
      shards: [0, 2],
      sentMs: clock.monotonic(),
    })
    const [request] = cluster.requests('JoinGroup')
    assert.deepEqual(
      [request?.groupId, request?.memberId, request?.sessionTimeoutMs, request?.rebalanceTimeoutMs],
      ['g', '', 20_000, 60_000],
    )
    const protocols = request?.protocols.map(({ name, metadata }) => [
      name,
      decodeSubscription(metadata),
    ])
    assert.deepEqual(protocols, [['range', [LOGSTORE]]])
    assert.deepEqual(cluster.requests('SyncGroup')[0]?.assignments, new Map())
    assert.ok(cluster.sent.every(({ purpose }) => purpose === 'main'))
  })

  it('releases the spare connection after each attempt, and leaves it to a close', async () => {
    await attempt()
    assert.equal(cluster.spareReleases, 1)
    group.refuse('JoinGroup', [15])
    await assert.rejects(attempt())
    assert.equal(cluster.spareReleases, 2)
    requests.beginClose()
    await attempt()
    requests.end()
    assert.equal(cluster.spareReleases, 2)
  })

  it('joins with its member id once it has one', async () => {
    await attempt()
    await attempt()
    assert.deepEqual(
      cluster.requests('JoinGroup').map(({ memberId }) => memberId),
      ['', 'm1'],
    )
  })

  it('gives a follower the time of a rebalance for the join and the sync, and a leader none for the sync', async () => {
    const connection = cluster.fakeConnection(FIRST_BROKER, 'main')
    await attempt()
    assert.equal(connection.lastWaitMs, GROUP_WAIT_MS)
    group.isLed = true
    await attempt()
    assert.equal(connection.lastWaitMs, 0)
  })

  it('assigns the shards as the leader, and gets its own', async () => {
    group.isLed = true
    const joined = await attempt()
    assert.equal(joined.isLeader, true)
    assert.deepEqual(joined.shards, [0, 1, 2])
    const [assignment] = cluster.requests('SyncGroup')[0]?.assignments.values() ?? []
    assert.deepEqual(decodeAssignment(assignment ?? Buffer.alloc(0)).get(LOGSTORE), [0, 1, 2])
  })

  it('joins again at once with the id that a group asks for', async () => {
    group.requiresMemberId = true
    const joined = await attempt()
    assert.equal(joined.memberId, 'm1')
    assert.deepEqual(
      cluster.requests('JoinGroup').map(({ memberId }) => memberId),
      ['', 'm1'],
    )
  })

  it('rejects when the group asks for an id that the member has sent', async () => {
    group.refuse('JoinGroup', [79, 79])
    await assert.rejects(attempt(), { name: 'BrokerError', api: 'JoinGroup', errorCode: 79 })
    assert.equal(cluster.requests('JoinGroup').length, 2)
  })

  it('rejects when the group asks for an id and names none', async () => {
    const nothing = { generation: -1, protocol: '', leader: '', members: [] }
    cluster.on('JoinGroup', () => ({ error: 79, memberId: '', ...nothing }))
    await assert.rejects(attempt(), { name: 'BrokerError', api: 'JoinGroup', errorCode: 79 })
    assert.equal(cluster.requests('JoinGroup').length, 1)
  })

  for (const errorCode of [14, 15, 16, 22, 23, 25, 26, 27, 30, 81, -1, 999]) {
    it(`rejects with code ${errorCode} of a join or a sync`, async () => {
      group.refuse('JoinGroup', [errorCode])
      await assert.rejects(attempt(), { name: 'BrokerError', api: 'JoinGroup', errorCode })
      assert.equal(cluster.requests('SyncGroup').length, 0)
      group.refuse('SyncGroup', [errorCode])
      await assert.rejects(attempt(), { name: 'BrokerError', api: 'SyncGroup', errorCode })
    })
  }

  it('keeps its member id when the sync is refused', async () => {
    group.refuse('SyncGroup', [27])
    await assert.rejects(attempt())
    await attempt()
    assert.deepEqual(
      cluster.requests('JoinGroup').map(({ memberId }) => memberId),
      ['', 'm1'],
    )
  })

  it('rejects when the group assigns in another way', async () => {
    group.protocol = 'cooperative-sticky'
    await assert.rejects(attempt(), { type: 'INCONSISTENT_GROUP_PROTOCOL' })
  })

  it('takes an empty assignment for no shards', async () => {
    cluster.on('SyncGroup', () => ({ error: 0, assignment: Buffer.alloc(0) }))
    assert.deepEqual((await attempt()).shards, [])
  })

  it('rejects when the assignment cannot be read', async () => {
    cluster.on('SyncGroup', () => ({ error: 0, assignment: Buffer.alloc(5, 0xff) }))
    await assert.rejects(attempt(), /assignment/)
  })

  it('asks for the shards again when one is assigned that the list lacks', async () => {
    group.shards = [0, 3]
    haveShards([0, 1, 2, 3])
    const joined = attempt()
    await clock.advance(1_000)
    assert.deepEqual((await joined).shards, [0, 3])
    assert.equal(cluster.metadataCount, 2)
  })

  it('rejects shards that the logstore does not have, and names the first', async () => {
    group.shards = [0, 7, 8]
    const rejected = assert.rejects(attempt(), (error: Error & { params?: unknown }) => {
      assert.equal(error.message, 'SLS_GROUP_CONFLICT')
      assert.match(JSON.stringify(error.params), /does not have: 2, the first is 7/)
      return true
    })
    await clock.advance(1_000)
    await rejected
  })

  it('asks for the shards again at an assignment when the list is older than 5 s', async () => {
    await clock.advance(5_000)
    await attempt()
    assert.equal(cluster.metadataCount, 1)
    await clock.advance(1)
    await attempt()
    assert.equal(cluster.metadataCount, 2)
  })

  it('says that the join waits, and ends the watch with it', async () => {
    const waits: number[] = []
    const release = group.hold('JoinGroup')
    const joined = join.attempt(stop.signal, (sinceMs) => waits.push(sinceMs))
    const sinceMs = clock.monotonic()
    await clock.advance(10_000)
    assert.deepEqual(waits, [sinceMs, sinceMs])
    release()
    await joined
  })

  it('leaves a member whose response got lost before it joins without an id', async () => {
    const release = group.hold('JoinGroup')
    const lost = assert.rejects(attempt(), new Error('broken'))
    await clock.settle()
    cluster.fakeConnection(FIRST_BROKER, 'main').end(new Error('broken'))
    await lost
    release()
    describeAs(cluster, 'PreparingRebalance', [{ id: 'm1', clientId: MEMBER_SETTINGS.clientId }])
    await attempt()
    assert.deepEqual(cluster.requests('LeaveGroup'), [{ groupId: 'g', memberId: 'm1' }])
    assert.deepEqual(
      cluster.sent.map(({ api }) => api),
      ['JoinGroup', 'DescribeGroups', 'LeaveGroup', 'JoinGroup', 'SyncGroup'],
    )
  })

  it('rejects when the member is closed while it joins', async () => {
    const release = group.hold('SyncGroup')
    const rejected = assert.rejects(attempt(), /closed/)
    await clock.settle()
    stop.abort()
    release()
    await rejected
  })
})
