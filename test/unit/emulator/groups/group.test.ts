import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { JoinRequest } from '../../../../tools/emulator/groups/join-request'
import type { JoinResult } from '../../../../tools/emulator/groups/member'
import { Group } from '../../../../tools/emulator/groups/group'
import { ErrorCode } from '../../../../tools/emulator/protocol/error-codes'

const NO_ASSIGNMENTS: ReadonlyMap<string, Buffer> = new Map()

function joinRequest(changes: Partial<JoinRequest> = {}): JoinRequest {
  return {
    groupId: 'g',
    memberId: '',
    requiresKnownMemberId: false,
    clientId: 'client',
    clientHost: '/127.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('m') }],
    ...changes,
  }
}

describe('Group', () => {
  let group: Group
  const groupWithDelay = (delayMs: number): Group => (group = new Group('g', delayMs))

  afterEach(() => {
    group.kill()
  })

  /** A group with one member, who has joined and has its assignment. */
  async function stableGroup(changes: Partial<JoinRequest> = {}): Promise<JoinResult> {
    const joined = await groupWithDelay(0).join(joinRequest(changes))
    await group.sync(joined.memberId, joined.generation, NO_ASSIGNMENTS)
    assert.equal(group.state, 'Stable')
    return joined
  }

  it('goes from Empty to Stable with its first member as leader', async () => {
    const answer = groupWithDelay(0).join(joinRequest())
    assert.equal(group.state, 'PreparingRebalance')
    const joined = await answer
    assert.equal(group.state, 'CompletingRebalance')
    assert.equal(joined.generation, 1)
    assert.equal(joined.leader, joined.memberId)
    assert.equal(joined.protocol, 'range')
    assert.deepEqual(joined.members, [{ id: joined.memberId, metadata: Buffer.from('m') }])

    const assignment = new Map([[joined.memberId, Buffer.from('shard 0')]])
    const synced = await group.sync(joined.memberId, 1, assignment)
    assert.equal(synced.assignment.toString(), 'shard 0')
    assert.equal(group.state, 'Stable')
    assert.equal(group.heartbeat(joined.memberId, 1), ErrorCode.NONE)
  })

  it('collects members that start together into one generation', async () => {
    groupWithDelay(30)
    const both = await Promise.all([group.join(joinRequest()), group.join(joinRequest())])
    assert.deepEqual(
      both.map(({ generation }) => generation),
      [1, 1],
    )
    assert.equal(both[0].members.length, 2)
    assert.equal(both[1].members.length, 0, 'a follower learns of no member')
  })

  it('asks members to join again when another one comes', async () => {
    const first = await stableGroup()
    const second = group.join(joinRequest())
    assert.equal(group.heartbeat(first.memberId, first.generation), ErrorCode.REBALANCE_IN_PROGRESS)
    const again = await group.join(joinRequest({ memberId: first.memberId }))
    assert.equal(again.generation, 2)
    assert.equal((await second).leader, first.memberId)
    assert.equal(group.heartbeat(first.memberId, 1), ErrorCode.REBALANCE_IN_PROGRESS)
    assert.equal(
      (await group.sync(first.memberId, 1, NO_ASSIGNMENTS)).error,
      ErrorCode.ILLEGAL_GENERATION,
    )
  })

  it('drops a member that does not join again within the rebalance timeout', async () => {
    const first = await stableGroup({ rebalanceTimeoutMs: 30 })
    const second = await group.join(joinRequest({ rebalanceTimeoutMs: 30 }))
    assert.equal(second.leader, second.memberId)
    assert.equal(group.heartbeat(first.memberId, 2), ErrorCode.UNKNOWN_MEMBER_ID)
  })

  it('drops a member whose session expires, and rebalances the rest', async () => {
    groupWithDelay(20)
    const [first, second] = await Promise.all([
      group.join(joinRequest({ sessionTimeoutMs: 40 })),
      group.join(joinRequest()),
    ])
    const secondSync = group.sync(second.memberId, 1, NO_ASSIGNMENTS)
    // The leader never assigns: its session ends and the other has to join again.
    assert.equal((await secondSync).error, ErrorCode.REBALANCE_IN_PROGRESS)
    assert.equal(group.heartbeat(first.memberId, 1), ErrorCode.UNKNOWN_MEMBER_ID)
  })

  it('restarts the session of a member that waited for its assignment', async () => {
    groupWithDelay(20)
    const [leader, follower] = await Promise.all([
      group.join(joinRequest()),
      group.join(joinRequest({ sessionTimeoutMs: 30 })),
    ])
    const assigned = group.sync(follower.memberId, 1, NO_ASSIGNMENTS)
    await delay(50)
    await group.sync(leader.memberId, 1, NO_ASSIGNMENTS)
    assert.equal((await assigned).error, ErrorCode.NONE, 'it outlived its session while it waited')
    while (group.state === 'Stable') await delay(5) // and expires now
    assert.deepEqual(
      group.memberList.map(({ id }) => id),
      [leader.memberId],
    )
  })

  it('keeps a member whose client left during a pending join: a stale member', async () => {
    groupWithDelay(20)
    void group.join(joinRequest({ clientId: 'stale', sessionTimeoutMs: 60 })) // its client has gone
    const alive = await group.join(joinRequest({ clientId: 'alive' }))
    assert.deepEqual(
      group.memberList.map(({ options }) => options.clientId),
      ['stale', 'alive'],
    )
    assert.notEqual(alive.leader, alive.memberId, 'the stale member leads')
    // It never assigns, so this is answered only when its session has expired.
    const synced = await group.sync(alive.memberId, alive.generation, NO_ASSIGNMENTS)
    assert.equal(synced.error, ErrorCode.REBALANCE_IN_PROGRESS)
    assert.equal(group.memberList.length, 1)
  })

  it('lets anybody make a pending member leave by its id', async () => {
    groupWithDelay(30)
    const pending = group.join(joinRequest())
    const [stale] = group.memberList
    assert.equal(group.leave(stale?.id ?? ''), ErrorCode.NONE)
    assert.equal((await pending).error, ErrorCode.UNKNOWN_MEMBER_ID)
    assert.equal(group.leave(stale?.id ?? ''), ErrorCode.UNKNOWN_MEMBER_ID)
  })

  it('is Empty in a new generation when the last member leaves', async () => {
    const { memberId } = await stableGroup()
    assert.equal(group.leave(memberId), ErrorCode.NONE)
    assert.equal(group.state, 'Empty')
    assert.equal(group.generation, 2)
  })

  it('gives a newcomer an id first when its version of JoinGroup is for that', async () => {
    groupWithDelay(0)
    const refused = await group.join(joinRequest({ requiresKnownMemberId: true }))
    assert.equal(refused.error, ErrorCode.MEMBER_ID_REQUIRED)
    assert.equal(group.state, 'Empty')
    assert.equal(group.pendingIds, 1)
    const { memberId } = refused
    const joined = await group.join(joinRequest({ requiresKnownMemberId: true, memberId }))
    assert.equal(joined.error, ErrorCode.NONE)
    assert.equal(joined.memberId, memberId)
    assert.equal(group.pendingIds, 0)
  })

  it('forgets an id that was given and never used', async () => {
    groupWithDelay(0)
    const { memberId } = await group.join(
      joinRequest({ requiresKnownMemberId: true, sessionTimeoutMs: 1 }),
    )
    const first = await group.join(joinRequest()) // takes longer than 1 ms
    await group.sync(first.memberId, first.generation, NO_ASSIGNMENTS)
    const second = group.join(joinRequest())
    await group.join(joinRequest({ memberId: first.memberId }))
    await second // would wait for the id
    assert.equal((await group.join(joinRequest({ memberId }))).error, ErrorCode.UNKNOWN_MEMBER_ID)
  })

  it('refuses a member that shares no protocol, and chooses the one most members prefer', async () => {
    groupWithDelay(20)
    const protocols = (...names: string[]) =>
      names.map((name) => ({ name, metadata: Buffer.from(name) }))
    const joins = [
      group.join(joinRequest({ protocols: protocols('range', 'sticky') })),
      group.join(joinRequest({ protocols: protocols('sticky', 'range') })),
      group.join(joinRequest({ protocols: protocols('sticky', 'range') })),
    ]
    const stranger = await group.join(joinRequest({ protocols: protocols('other') }))
    assert.equal(stranger.error, ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    const otherType = await group.join(joinRequest({ protocolType: 'connect' }))
    assert.equal(otherType.error, ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
    assert.equal((await Promise.all(joins))[0]?.protocol, 'sticky')
  })

  it('answers a follower that joins again unchanged from the current generation', async () => {
    groupWithDelay(20)
    const [leader, follower] = await Promise.all([
      group.join(joinRequest()),
      group.join(joinRequest()),
    ])
    await group.sync(leader.memberId, 1, NO_ASSIGNMENTS)
    const again = await group.join(joinRequest({ memberId: follower.memberId }))
    assert.equal(again.generation, 1)
    assert.equal(group.state, 'Stable')
  })

  describe('checkCommit', () => {
    it('takes a commit without membership only while the group is empty', async () => {
      assert.equal(groupWithDelay(0).checkCommit('', -1), ErrorCode.NONE)
      group.kill()
      const { memberId } = await stableGroup()
      assert.equal(group.checkCommit('', -1), ErrorCode.UNKNOWN_MEMBER_ID)
      group.leave(memberId)
      assert.equal(group.checkCommit('', -1), ErrorCode.NONE)
    })

    it('takes a commit of a member before it joins again, but not before it is assigned', async () => {
      const { memberId, generation } = await stableGroup()
      assert.equal(group.checkCommit(memberId, generation), ErrorCode.NONE)
      assert.equal(group.checkCommit(memberId, generation + 1), ErrorCode.ILLEGAL_GENERATION)
      assert.equal(group.checkCommit('stranger', generation), ErrorCode.UNKNOWN_MEMBER_ID)

      void group.join(joinRequest())
      assert.equal(group.state, 'PreparingRebalance')
      assert.equal(group.checkCommit(memberId, generation), ErrorCode.NONE)

      await group.join(joinRequest({ memberId }))
      assert.equal(group.state, 'CompletingRebalance')
      assert.equal(group.checkCommit(memberId, 2), ErrorCode.REBALANCE_IN_PROGRESS)
      assert.equal(group.checkCommit('', -1), ErrorCode.REBALANCE_IN_PROGRESS)
    })
  })
})
