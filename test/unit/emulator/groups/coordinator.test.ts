import assert from 'node:assert/strict'
import { GroupCoordinator } from '../../../../tools/emulator/groups/coordinator'
import { ErrorCode } from '../../../../tools/emulator/protocol/error-codes'
import { Writer } from '../../../../tools/emulator/protocol/writer'

function coordinator(): GroupCoordinator {
  return new GroupCoordinator({
    initialRebalanceDelayMs: 0,
    minSessionTimeoutMs: 6000,
    maxGroupsPerLogstore: 15,
    groupLimitError: ErrorCode.INVALID_GROUP_ID,
  })
}

function commit(groups: GroupCoordinator, groupId: string, logstore = 'web'): ErrorCode {
  const partitions = [{ logstore, shard: 0, offset: 1n << 60n, leaderEpoch: -1, metadata: null }]
  return groups.commit({ groupId, memberId: '', generation: -1, partitions })
}

async function joinError(
  groups: GroupCoordinator,
  groupId: string,
  logstore: string,
  sessionTimeoutMs = 6000,
): Promise<ErrorCode> {
  const subscription = new Writer().int16(0).int32(1).string(logstore).toBuffer()
  const { error } = await groups.join({
    groupId,
    memberId: '',
    requiresKnownMemberId: false,
    clientId: 'c',
    clientHost: '/',
    sessionTimeoutMs,
    rebalanceTimeoutMs: 1000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: subscription }],
  })
  return error
}

describe('GroupCoordinator', () => {
  let groups: GroupCoordinator

  beforeEach(() => {
    groups = coordinator()
  })

  afterEach(() => {
    groups.stop()
  })

  it('refuses the 16th group of a logstore, by commit and by join, but not of another', async () => {
    for (let index = 0; index < 15; index += 1) {
      assert.equal(commit(groups, `g${index}`), ErrorCode.NONE)
    }
    assert.equal(commit(groups, 'g15'), ErrorCode.INVALID_GROUP_ID)
    assert.equal(await joinError(groups, 'g15', 'web'), ErrorCode.INVALID_GROUP_ID)
    assert.equal(groups.find('g15'), undefined)
    assert.equal(await joinError(groups, 'g14', 'web'), ErrorCode.NONE, 'one of the 15')
    assert.equal(await joinError(groups, 'g16', 'other'), ErrorCode.NONE)
    assert.equal(groups.delete('g3'), ErrorCode.NONE)
    assert.equal(commit(groups, 'g15'), ErrorCode.NONE)
  })

  it('keeps a journal of the commits it took', () => {
    commit(groups, 'a')
    groups.commit({ groupId: 'b', memberId: 'm', generation: 3, partitions: [] })
    const [entry, ...more] = groups.journal.entries
    assert.equal(more.length, 0)
    assert.equal(entry?.offset, 1n << 60n)
    assert.equal(entry.group, 'a')
    assert.equal(groups.committedOffsets('a')?.get('web', 0)?.offset, 1n << 60n)
  })

  it('knows no member of a group that does not exist', async () => {
    assert.equal(groups.heartbeat('x', 'm', 1), ErrorCode.UNKNOWN_MEMBER_ID)
    assert.equal(groups.leave('x', 'm'), ErrorCode.UNKNOWN_MEMBER_ID)
    const synced = await groups.sync('x', 'm', 1, new Map())
    assert.equal(synced.error, ErrorCode.UNKNOWN_MEMBER_ID)
    const late = groups.commit({ groupId: 'x', memberId: 'm', generation: 1, partitions: [] })
    assert.equal(late, ErrorCode.ILLEGAL_GENERATION)
  })

  it('refuses session timeouts out of range and a group without name', async () => {
    assert.equal(await joinError(groups, 'g', 'web', 5999), ErrorCode.INVALID_SESSION_TIMEOUT)
    assert.equal(await joinError(groups, 'g', 'web', 300_001), ErrorCode.INVALID_SESSION_TIMEOUT)
    assert.equal(await joinError(groups, '', 'web'), ErrorCode.INVALID_GROUP_ID)
  })

  it('ends the sessions of one client or of all, as a timeout does', async () => {
    await joinError(groups, 'g', 'web')
    const [member] = groups.find('g')?.memberList ?? []
    assert.equal(groups.expireMembers('other'), 0)
    assert.equal(groups.expireMembers('g', 'd'), 0)
    assert.equal(groups.expireMembers('g', 'c'), 1)
    assert.equal(groups.find('g')?.state, 'Empty')
    assert.equal(groups.heartbeat('g', member?.id ?? '', 1), ErrorCode.UNKNOWN_MEMBER_ID)
    await joinError(groups, 'g', 'web')
    assert.equal(groups.expireMembers('g'), 1)
  })

  it('deletes empty groups only', async () => {
    assert.equal(groups.delete('g'), ErrorCode.GROUP_ID_NOT_FOUND)
    await joinError(groups, 'g', 'web')
    assert.equal(groups.delete('g'), ErrorCode.NON_EMPTY_GROUP)
    groups.leave('g', groups.find('g')?.memberList[0]?.id ?? '')
    assert.equal(groups.delete('g'), ErrorCode.NONE)
  })
})
