import assert from 'node:assert/strict'
import { BrokerError } from '../../../lib/kafka/cluster/error-codes'
import { markRunning, newClientId } from '../../../lib/kafka/client-id'
import { evictStaleMembers } from '../../../lib/kafka/group/stale-members'
import { describeAs } from '../../support/described-group'
import { FakeCluster } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const GROUP = 'g'
const NODE = 'a1b2'

describe('kafka/stale-members', () => {
  let cluster: FakeCluster
  let lines: string[]
  const own = newClientId(NODE)

  beforeEach(() => {
    cluster = new FakeCluster(new ManualClock())
    lines = []
    cluster.on('LeaveGroup', () => ({ error: 0 }))
  })

  function evict(): Promise<void> {
    const logger = { debug: (line: string) => lines.push(line), trace: () => undefined }
    return evictStaleMembers(cluster.asCluster, { group: GROUP, clientId: own, logger })
  }

  it('takes ended members of the same node out of the group, and no others', async () => {
    const alive = newClientId(NODE)
    const end = markRunning(alive)
    const stale = newClientId(NODE)
    describeAs(cluster, 'Stable', [
      { id: 'm1', clientId: stale },
      { id: 'm2', clientId: alive },
      { id: 'm3', clientId: newClientId('other') },
      { id: 'm4', clientId: 'some-java-client' },
    ])
    await evict()
    end()
    assert.deepEqual(cluster.requests('LeaveGroup'), [{ groupId: GROUP, memberId: 'm1' }])
    assert.deepEqual(lines, [`took ${stale} out of group ${GROUP}: its process has ended`])
  })

  it('resolves where the service refuses, which costs time and nothing else', async () => {
    cluster.on('DescribeGroups', () => {
      throw new Error('broken')
    })
    await evict()
    for (const error of [new Error('none'), new BrokerError('FindCoordinator', 15)]) {
      cluster.coordinatorOrError = error
      await evict()
    }
    assert.equal(lines.length, 3)
    assert.deepEqual(cluster.requests('LeaveGroup'), [])
  })

  it('rejects where the group is refused for good, so that no request asks for its coordinator again', async () => {
    const error = new BrokerError('FindCoordinator', 30)
    cluster.coordinatorOrError = error
    await assert.rejects(evict(), error)
  })
})
