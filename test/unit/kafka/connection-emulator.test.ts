import assert from 'node:assert/strict'
import { systemClock } from '../../../lib/clock'
import { Connection } from '../../../lib/kafka/connection/connection'
import { fetchShards } from '../../../lib/kafka/fetch/fetch-request'
import * as group from '../../../lib/kafka/group/group-requests'
import * as protocol from '../../../lib/kafka/group/group-protocol'
import { metadata } from '../../../lib/kafka/cluster/metadata-requests'
import * as offsetRequests from '../../../lib/kafka/group/offset-requests'
import { compileProjectOptions } from '../../../lib/config/project-options'
import { valid } from '../../../tools/shared/consumer-options'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'

const LOGSTORE = 'log'
const GROUP = 'g'

describe('kafka/connection to the emulator', () => {
  let emulator: RunningEmulator
  let connection: Connection

  before(async () => {
    const flags = ['--rebalance-delay', '0']
    emulator = await startEmulator({ logstores: { [LOGSTORE]: 2 }, flags })
    const { project, accessKeyId, accessKeySecret, ca, port } = emulator
    const settings = { project, accessKeyId, accessKeySecret, bootstrap: `localhost:${port}` }
    connection = await Connection.open(
      {
        // The bootstrap address is dialled instead.
        address: { host: 'broker.example.org', port: 1 },
        project: valid(compileProjectOptions(settings, { ca }, {})),
        clientId: 'test',
        clock: systemClock,
      },
      new AbortController().signal,
    )
  })

  after(async () => {
    connection.close()
    await emulator.stop()
  })

  it('reads the shards of a logstore, and an error for one that does not exist', async () => {
    const { brokers, topics } = await connection.send(metadata([LOGSTORE, 'none']))
    assert.equal(brokers.length, 1)
    const byName = new Map(topics.map((topic) => [topic.name, topic]))
    assert.deepEqual(
      byName
        .get(LOGSTORE)
        ?.shards.map(({ shard, errorCode }) => [shard, errorCode])
        .sort(),
      [
        [0, 0],
        [1, 0],
      ],
    )
    assert.equal(byName.get('none')?.errorCode, 3)
  })

  it('fetches records from an offset that it has listed', async () => {
    await emulator.append(LOGSTORE, ['one', 'two'], { shard: 1 })
    const { shards } = await connection.send(
      offsetRequests.listOffsets(LOGSTORE, [1], offsetRequests.EARLIEST),
    )
    const offset = shards[0]?.offset ?? -1n
    const limits = { maxWaitMs: 5_000, minBytes: 1, maxBytes: 1_000_000 }
    const fetched = await connection.send(
      fetchShards({
        logstore: LOGSTORE,
        ...limits,
        shards: [{ shard: 1, offset, maxBytes: 1_000_000 }],
      }),
      limits.maxWaitMs,
    )
    const [shard] = fetched.shards
    assert.deepEqual([shard?.errorCode, shard?.records.length], [0, 2])
  })

  it('goes through the life of a member: join, sync, heartbeat, commit, leave', async () => {
    const { errorCode, port } = await connection.send(group.findCoordinator(GROUP))
    assert.deepEqual([errorCode, port], [0, emulator.port])
    const fields = {
      group: GROUP,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      protocols: [{ name: 'range', metadata: protocol.encodeSubscription([LOGSTORE]) }],
    }
    let joined = await connection.send(group.joinGroup({ ...fields, memberId: '' }), 10_000)
    if (joined.errorCode === 79) {
      joined = await connection.send(group.joinGroup({ ...fields, memberId: joined.memberId }))
    }
    assert.equal(joined.errorCode, 0)
    assert.equal(joined.leaderId, joined.memberId)
    assert.deepEqual(
      protocol.decodeSubscription(joined.members.at(0)?.metadata ?? Buffer.alloc(0)),
      [LOGSTORE],
    )
    const member = { group: GROUP, generation: joined.generation, memberId: joined.memberId }

    const byTopic = new Map([[LOGSTORE, [0, 1]]])
    const assignment = protocol.encodeAssignment(byTopic)
    const assignments = [{ memberId: joined.memberId, assignment }]
    const synced = await connection.send(group.syncGroup({ ...member, assignments }))
    assert.deepEqual(protocol.decodeAssignment(synced.assignment), byTopic)
    assert.equal((await connection.send(group.heartbeat(member))).errorCode, 0)

    const offsets = new Map([[0, 5n]])
    const committed = await connection.send(
      offsetRequests.offsetCommit(GROUP, member, LOGSTORE, offsets),
    )
    assert.deepEqual(committed.shards, [{ shard: 0, errorCode: 0 }])
    const fetched = await connection.send(offsetRequests.offsetFetch(GROUP, LOGSTORE, [0, 1]))
    assert.deepEqual(
      fetched.shards.map(({ shard, offset }) => [shard, offset]),
      [
        [0, 5n],
        [1, -1n],
      ],
    )
    const described = await connection.send(group.describeGroup(GROUP))
    assert.equal(described.state, 'Stable')
    assert.equal(described.members[0]?.clientId, 'test')
    assert.deepEqual((await connection.send(group.listGroups())).groups, [GROUP])
    assert.equal((await connection.send(group.leaveGroup(member))).errorCode, 0)
    assert.equal((await connection.send(group.heartbeat(member))).errorCode, 25)
  })
})
