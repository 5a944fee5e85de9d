import assert from 'node:assert/strict'
import { encodeAssignment } from '../../../lib/kafka/group/group-protocol'
import { isLogstoreAssigned } from '../../../lib/kafka/group/group-requests'

const LOGSTORE = 'app-log'
const NOTHING = Buffer.alloc(0)

/** @param assignments of the members, as the leader encoded them */
function isAssigned(state: string, assignments: readonly Buffer[]): boolean | null {
  const members = assignments.map((assignment, index) => ({
    memberId: `m${index}`,
    clientId: 'c',
    clientHost: '/127.0.0.1',
    metadata: NOTHING,
    assignment,
  }))
  const description = { throttleMs: 0, errorCode: 0, state, protocol: 'range', members }
  return isLogstoreAssigned(description, LOGSTORE)
}

describe('kafka/group-requests', () => {
  describe('isLogstoreAssigned', () => {
    it('is true if a member of the stable group has a shard of the logstore', () => {
      const assigned = encodeAssignment(new Map([[LOGSTORE, [3]]]))
      assert.equal(isAssigned('Stable', [NOTHING, assigned]), true)
    })

    it('is false if the stable group has assigned other logstores alone', () => {
      const other = encodeAssignment(new Map([['other-log', [3]]]))
      const none = encodeAssignment(new Map([[LOGSTORE, []]]))
      assert.equal(isAssigned('Stable', [other, none, NOTHING]), false)
    })

    it('is null while the group is not stable', () => {
      for (const state of ['PreparingRebalance', 'CompletingRebalance', 'Empty', 'Dead']) {
        assert.equal(isAssigned(state, []), null)
      }
    })
  })
})
