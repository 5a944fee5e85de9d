import assert from 'node:assert/strict'
import {
  groupMates,
  projectKey,
  unintendedMate,
  type GroupMember,
} from '../../../../nodes/sls-kafka-in/editor/shared-group'

const member = (id: string, more: Partial<GroupMember> = {}): GroupMember => ({
  id,
  ...{ project: 'shop', logstore: 'orders', group: 'reports', isEnabled: true, isOnPurpose: false },
  ...more,
})

const matesOf = (more: Partial<GroupMember>, ...others: GroupMember[]): string[] =>
  groupMates(member('one', more), [member('one', more), ...others]).map(({ id }) => id)

const unintended = (more: Partial<GroupMember>, other: GroupMember): string | undefined =>
  unintendedMate(member('one', more), [member('one', more), other])?.id

describe('nodes in one group', () => {
  it('are those of one project and group, and of the same logstore first', () => {
    const others = [member('two', { logstore: 'other' }), member('three')]
    assert.deepEqual(matesOf({}, ...others), ['three', 'two'])
    assert.deepEqual(matesOf({}, member('two', { group: 'other' })), [])
    assert.deepEqual(matesOf({}, member('two', { project: 'other' })), [])
  })

  it('are compared by the text of a variable', () => {
    const variable = { group: '${SLS_GROUP}' }
    assert.deepEqual(matesOf(variable, member('two', variable), member('three')), ['two'])
  })

  it('do not count while they are disabled, or have no group or project', () => {
    assert.deepEqual(matesOf({}, member('two', { isEnabled: false })), [])
    assert.deepEqual(matesOf({ isEnabled: false }, member('two')), [])
    assert.deepEqual(matesOf({ group: '' }, member('two', { group: '' })), [])
    assert.deepEqual(matesOf({ project: '' }, member('two', { project: '' })), [])
  })

  it('share records without intent if they read one logstore, unless one of them says otherwise', () => {
    assert.equal(unintended({}, member('two')), 'two')
    assert.equal(unintended({}, member('two', { logstore: 'other' })), undefined)
    assert.equal(unintended({ logstore: '' }, member('two', { logstore: '' })), undefined)
    assert.equal(unintended({ isOnPurpose: true }, member('two')), undefined)
    assert.equal(unintended({}, member('two', { isOnPurpose: true })), undefined)
  })

  it('are of one project if name, endpoint and bootstrap are the same', () => {
    const project = { id: 'p', project: 'shop', endpoint: 'here', bootstrap: '' }
    assert.equal(projectKey(project), projectKey({ ...project, id: 'q' }))
    assert.notEqual(projectKey(project), projectKey({ ...project, endpoint: 'there' }))
    assert.equal(projectKey(null), '')
  })
})
