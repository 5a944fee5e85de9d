import assert from 'node:assert/strict'
import { encodeAssignment } from '../../../lib/kafka/group-protocol'
import { isLogstoreRead } from '../../../lib/kafka/left-out'
import { describeAs } from '../../support/described-group'
import { FakeCluster } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const GROUP = 'g'
const LOGSTORE = 'app-log'

describe('kafka/left-out', () => {
  let cluster: FakeCluster

  beforeEach(() => {
    cluster = new FakeCluster(new ManualClock())
  })

  function isRead(state: string, assignments: readonly Buffer[]): Promise<boolean | null> {
    const members = assignments.map((assignment, index) => ({
      id: `m${index}`,
      clientId: 'c',
      assignment,
    }))
    describeAs(cluster, state, members)
    return isLogstoreRead(cluster.asCluster, GROUP, LOGSTORE)
  }

  it('is true if a member of the stable group has a shard of the logstore', async () => {
    const assigned = encodeAssignment(new Map([[LOGSTORE, [3]]]))
    assert.equal(await isRead('Stable', [Buffer.alloc(0), assigned]), true)
  })

  it('is false if the group is stable and reads other logstores alone', async () => {
    const other = encodeAssignment(new Map([['other-log', [3]]]))
    const none = encodeAssignment(new Map([[LOGSTORE, []]]))
    assert.equal(await isRead('Stable', [other, none, Buffer.alloc(0)]), false)
  })

  it('is null while the group is not stable', async () => {
    for (const state of ['PreparingRebalance', 'CompletingRebalance', 'Empty', 'Dead']) {
      assert.equal(await isRead(state, []), null)
    }
  })
})
