import assert from 'node:assert/strict'
import { MemberRig } from '../../support/member-rig'

const HEARTBEAT_MS = 5_000

describe('kafka/group-member: commits and leave', () => {
  let rig: MemberRig

  beforeEach(() => {
    rig = new MemberRig()
  })

  afterEach(async () => {
    await rig.end()
    assert.equal(rig.clock.pending, 0, 'a timer was left')
  })

  describe('commit', () => {
    it('fails before the first assignment', async () => {
      assert.equal(rig.member.canCommit, false)
      assert.equal((await rig.member.commit(new Map([[0, 1n]]))).outcome, 'failed')
      assert.equal(rig.cluster.sent.length, 0)
    })

    it('leaves out shards that are not assigned, and asks for nothing without any other', async () => {
      await rig.join()
      const offsets = new Map([
        [1, 5n],
        [2, 6n],
      ])
      assert.equal((await rig.member.commit(offsets)).outcome, 'committed')
      const [request] = rig.cluster.requests('OffsetCommit')
      assert.deepEqual([request?.generation, request?.memberId], [1, 'm1'])
      assert.deepEqual(
        request?.topics[0]?.partitions.map(({ partition }) => partition),
        [1],
      )
      assert.equal((await rig.member.commit(new Map([[2, 6n]]))).outcome, 'committed')
      assert.equal(rig.cluster.requests('OffsetCommit').length, 1)
    })

    for (const [errorCode, ids] of [
      [22, ['', 'm1']],
      [27, ['', 'm1']],
      [25, ['', '']],
    ] as const) {
      it(`ends the assignment at once for code ${errorCode}, and joins again`, async () => {
        await rig.join()
        await rig.clock.advance(HEARTBEAT_MS)
        const before = rig.assignment
        rig.group.refuse('OffsetCommit', [errorCode])
        assert.equal((await rig.member.commit(new Map([[0, 1n]]))).outcome, 'fenced')
        assert.equal(before?.aborted, true)
        await rig.clock.settle()
        assert.deepEqual(rig.joinIds, ids)
        assert.deepEqual(rig.leftIds, errorCode === 25 ? ['m1'] : [])
      })
    }

    for (const errorCode of [14, 15, 16]) {
      it(`looks the coordinator up for code ${errorCode}, and keeps the assignment`, async () => {
        await rig.join()
        rig.group.refuse('OffsetCommit', [errorCode])
        assert.equal((await rig.member.commit(new Map([[0, 1n]]))).outcome, 'failed')
        assert.equal(rig.cluster.forgottenCount, 1)
        assert.equal(rig.assignment?.aborted, false)
      })
    }

    it('looks the coordinator up when the connection breaks', async () => {
      await rig.join()
      rig.cluster.on('OffsetCommit', () => {
        throw new Error('broken')
      })
      assert.equal((await rig.member.commit(new Map([[0, 1n]]))).outcome, 'failed')
      assert.equal(rig.cluster.forgottenCount, 1)
    })

    it('has a failure to report when no commit was taken for some seconds', async () => {
      await rig.join()
      rig.group.refuse('OffsetCommit', Array<number>(50).fill(16))
      assert.equal((await rig.member.commit(new Map([[0, 1n]]))).outcome, 'failed')
      assert.equal(rig.member.failure, null)
      await rig.clock.advance(10_000)
      assert.match(String(rig.member.failure), /BrokerError/)
    })

    it('still commits for the last generation while the member releases its shards', async () => {
      await rig.join()
      await rig.clock.advance(HEARTBEAT_MS)
      let outcome = ''
      rig.beforeRejoin = async () => {
        outcome = (await rig.member.commit(new Map([[0, 1n]]))).outcome
      }
      rig.group.refuse('Heartbeat', [27])
      await rig.clock.advance(HEARTBEAT_MS)
      assert.equal(outcome, 'committed')
      assert.equal(rig.cluster.requests('OffsetCommit')[0]?.generation, 1)
    })
  })

  describe('leave', () => {
    it('leaves with its member id', async () => {
      await rig.join()
      rig.stop.abort()
      await rig.member.leave()
      assert.deepEqual(rig.leftIds, ['m1'])
      assert.equal(rig.member.canCommit, false)
    })

    it('asks for nothing if it never asked to join', async () => {
      await rig.member.leave()
      assert.deepEqual(rig.cluster.sent, [])
    })

    it('leaves by its known id through a spare connection while it joins again', async () => {
      await rig.join()
      const release = rig.group.hold('JoinGroup')
      rig.group.refuse('Heartbeat', [27])
      await rig.clock.advance(HEARTBEAT_MS + 1_000)
      assert.equal(rig.joinIds.length, 2)
      rig.stop.abort()
      rig.member.close()
      await rig.member.leave()
      const leave = rig.cluster.sent.find(({ api }) => api === 'LeaveGroup')
      assert.equal(leave?.purpose, 'spare')
      assert.deepEqual(rig.leftIds, ['m1'])
      release()
      await rig.clock.advance(1_000)
    })

    it('leaves with the pending id that the group answers the first join with', async () => {
      rig.group.requiresMemberId = true
      const release = rig.group.hold('JoinGroup')
      await rig.start()
      rig.stop.abort()
      rig.member.close()
      const left = rig.member.leave()
      await rig.clock.settle()
      assert.deepEqual(rig.leftIds, [])
      release()
      await left
      assert.deepEqual(rig.leftIds, ['m1'])
      await rig.clock.advance(1_000)
    })
  })
})
