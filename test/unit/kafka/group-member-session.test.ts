import assert from 'node:assert/strict'
import { MemberRig, SESSION_TIMEOUT_MS } from '../../support/member-rig'

const HEARTBEAT_MS = 5_000

describe('kafka/group-member: session', () => {
  let rig: MemberRig

  beforeEach(() => {
    rig = new MemberRig()
  })

  afterEach(async () => {
    await rig.end()
    assert.equal(rig.clock.pending, 0, 'a timer was left')
  })

  describe('an assignment', () => {
    it('is uninterrupted in the same generation, which a stable group tells a follower', async () => {
      await rig.join()
      await rig.clock.advance(HEARTBEAT_MS)
      rig.group.keepsGeneration = true
      rig.group.refuse('Heartbeat', [27])
      await rig.clock.advance(HEARTBEAT_MS)
      assert.equal(rig.seen.at(-1), 'assigned 0,1 uninterrupted')
    })

    it('is interrupted after a generation that the member missed', async () => {
      await rig.join()
      await rig.clock.advance(HEARTBEAT_MS)
      rig.group.generation = 2
      rig.group.refuse('Heartbeat', [27])
      await rig.clock.advance(HEARTBEAT_MS)
      assert.equal(rig.seen.at(-1), 'assigned 0,1')
    })

    it('is interrupted after a sync that failed, because that generation gave its shards away', async () => {
      await rig.join()
      await rig.clock.advance(HEARTBEAT_MS)
      rig.group.refuse('Heartbeat', [27])
      rig.group.refuse('SyncGroup', [27])
      await rig.clock.advance(HEARTBEAT_MS + 1_000)
      assert.equal(rig.group.generation, 3)
      assert.equal(rig.seen.at(-1), 'assigned 0,1')
    })

    it('ends when the leader finds a new shard', async () => {
      rig.group.isLed = true
      await rig.join()
      assert.equal(rig.member.isLeader, true)
      await rig.clock.advance(HEARTBEAT_MS)
      rig.haveShards([0, 1, 2, 3])
      await rig.clock.advance(60_000)
      assert.ok(rig.seen.includes('assigned 0,1,2,3 uninterrupted'), rig.seen.join())
    })

    it('goes on when a follower finds a new shard, which is for the leader to assign', async () => {
      await rig.join()
      rig.haveShards([0, 1, 2, 3])
      await rig.clock.advance(65_000)
      assert.equal(rig.joinIds.length, 1)
      assert.equal(rig.directory.has(3), true)
    })
  })

  describe('isWithinSession', () => {
    it('is false before the first join', () => {
      assert.equal(rig.member.isWithinSession, false)
    })

    it('counts from the moment at which an answered heartbeat was sent', async () => {
      await rig.join()
      const release = rig.group.hold('Heartbeat')
      await rig.clock.advance(HEARTBEAT_MS + 10_000)
      release()
      await rig.clock.settle()
      const again = rig.group.hold('Heartbeat')
      await rig.clock.advance(SESSION_TIMEOUT_MS - 10_000 - 1)
      assert.equal(rig.member.isWithinSession, true)
      await rig.clock.advance(1)
      assert.equal(rig.member.isWithinSession, false)
      again()
      await rig.clock.settle()
      assert.equal(rig.member.isWithinSession, true)
    })

    it('counts from the moment at which the join was sent', async () => {
      const release = rig.group.hold('SyncGroup')
      await rig.start()
      await rig.clock.advance(SESSION_TIMEOUT_MS - 1)
      release()
      await rig.clock.settle()
      assert.equal(rig.member.isWithinSession, true)
      const heartbeat = rig.group.hold('Heartbeat')
      await rig.clock.advance(1)
      assert.equal(rig.member.isWithinSession, false)
      heartbeat()
    })

    it('is true after a commit, also without a heartbeat', async () => {
      await rig.join()
      const release = rig.group.hold('Heartbeat')
      await rig.clock.advance(SESSION_TIMEOUT_MS)
      assert.equal(rig.member.isWithinSession, false)
      assert.equal((await rig.member.commit(new Map([[0, 1n]]))).outcome, 'committed')
      assert.equal(rig.member.isWithinSession, true)
      release()
    })

    it('follows monotonic time when the wall clock is set', async () => {
      await rig.join()
      for (const milliseconds of [3_600_000, -7_200_000]) {
        rig.clock.shiftWallTime(milliseconds)
        assert.equal(rig.member.isWithinSession, true)
      }
    })
  })
})
