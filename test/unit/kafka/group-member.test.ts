import assert from 'node:assert/strict'
import { FIRST_BROKER } from '../../support/fake-cluster'
import { MemberRig } from '../../support/member-rig'

const HEARTBEAT_MS = 5_000

describe('kafka/group-member', () => {
  let rig: MemberRig

  beforeEach(() => {
    rig = new MemberRig()
  })

  afterEach(async () => {
    await rig.end()
    assert.equal(rig.clock.pending, 0, 'a timer was left')
  })

  /** Codes that a coordinator may answer a heartbeat with, and what the member does. */
  const KEPT_PLACE = [7, 89, -1, 999]
  const MOVED = [14, 15, 16]
  const REJOINS = [22, 27]

  describe('join', () => {
    it('reports the first assignment, and keeps the place by heartbeats', async () => {
      await rig.start()
      assert.deepEqual(rig.seen, ['joining', 'assigned 0,1'])
      await rig.clock.advance(2 * HEARTBEAT_MS)
      assert.deepEqual(rig.seen.slice(2), ['heartbeat', 'heartbeat'])
      const [request] = rig.cluster.requests('Heartbeat')
      assert.deepEqual(request, { groupId: 'g', generation: 1, memberId: 'm1' })
      assert.deepEqual([rig.member.owns(1), rig.member.owns(2)], [true, false])
    })

    for (const errorCode of [14, 15, 16, 22, 27, 7, 89, -1, 999]) {
      it(`joins again after a backoff for code ${errorCode}`, async () => {
        rig.group.refuse('JoinGroup', [errorCode, errorCode])
        await rig.start()
        assert.equal(rig.joinIds.length, 1)
        assert.match(rig.seen[1] ?? '', /^trouble /)
        await rig.clock.advance(2_000)
        assert.deepEqual(rig.joinIds, ['', '', ''])
        assert.equal(rig.cluster.forgottenCount, MOVED.includes(errorCode) ? 2 : 0)
        assert.equal(rig.seen.at(-1), 'assigned 0,1')
      })
    }

    for (const errorCode of [23, 24, 26, 30, 81, 82]) {
      it(`ends the membership for code ${errorCode}`, async () => {
        rig.group.refuse('JoinGroup', [errorCode])
        await rig.start()
        await assert.rejects(rig.running, { name: 'BrokerError', api: 'JoinGroup', errorCode })
      })
    }

    it('asks at most 6 times in 10 s while the group refuses each join', async () => {
      rig.group.refuse('JoinGroup', Array<number>(50).fill(7))
      await rig.start()
      await rig.clock.advance(9_900)
      assert.ok(rig.joinIds.length <= 6 && rig.joinIds.length >= 4, String(rig.joinIds.length))
    })

    it('leaves with the old id and joins as a new member when the group does not know it', async () => {
      await rig.join()
      rig.group.refuse('Heartbeat', [27])
      rig.group.refuse('JoinGroup', [25])
      await rig.clock.advance(HEARTBEAT_MS + 2_000)
      assert.deepEqual(rig.joinIds, ['', 'm1', ''])
      assert.deepEqual(rig.leftIds, ['m1'])
      assert.equal(rig.seen.at(-1), 'assigned 0,1', 'another member can have read on')
    })

    for (const errorCode of [22, 27, 7, -1, 999]) {
      it(`joins again as the same member when the sync is refused with code ${errorCode}`, async () => {
        rig.group.refuse('SyncGroup', [errorCode])
        await rig.start()
        await rig.clock.advance(1_000)
        assert.deepEqual(rig.joinIds, ['', 'm1'])
        assert.equal(rig.seen.at(-1), 'assigned 0,1')
      })
    }

    it('looks the coordinator up again when the connection breaks', async () => {
      const release = rig.group.hold('JoinGroup')
      await rig.start()
      rig.cluster.fakeConnection(FIRST_BROKER, 'main').end(new Error('broken'))
      release()
      await rig.clock.advance(1_000)
      assert.equal(rig.cluster.forgottenCount, 1)
      assert.deepEqual(rig.seen, ['joining', 'trouble broken', 'joining', 'assigned 0,1'])
    })

    it('ends all connections when the login holds no longer', async () => {
      rig.group.refuse('JoinGroup', [34])
      await rig.start()
      assert.equal(rig.cluster.ended.length, 1)
      await rig.clock.advance(1_000)
      assert.equal(rig.seen.at(-1), 'assigned 0,1')
    })

    it('says that it waits for the others, until it is stopped', async () => {
      const release = rig.group.hold('JoinGroup')
      await rig.start()
      await rig.clock.advance(5_000)
      assert.deepEqual(rig.seen, ['joining', 'join waits'])
      rig.stop.abort()
      await rig.running
      await rig.clock.advance(5_000)
      assert.deepEqual(rig.seen, ['joining', 'join waits'])
      release()
    })
  })

  describe('heartbeat', () => {
    for (const errorCode of KEPT_PLACE) {
      it(`keeps the assignment and tries again sooner for code ${errorCode}`, async () => {
        await rig.join()
        rig.group.refuse('Heartbeat', [errorCode])
        await rig.clock.advance(HEARTBEAT_MS + 500)
        assert.equal(rig.seen.length, 2)
        assert.equal(rig.seen[1], 'heartbeat')
        assert.equal(rig.joinIds.length, 1)
        assert.equal(rig.cluster.forgottenCount, 0)
      })
    }

    for (const errorCode of MOVED) {
      it(`looks the coordinator up at once for code ${errorCode}, and keeps the assignment`, async () => {
        await rig.join()
        rig.group.refuse('Heartbeat', [errorCode])
        await rig.clock.advance(HEARTBEAT_MS)
        assert.equal(rig.cluster.forgottenCount, 1)
        await rig.clock.advance(500)
        assert.equal(rig.seen.at(-1), 'heartbeat')
        assert.equal(rig.joinIds.length, 1)
      })
    }

    for (const errorCode of REJOINS) {
      it(`joins again as the same member at once for code ${errorCode}`, async () => {
        await rig.join()
        await rig.clock.advance(HEARTBEAT_MS)
        const before = rig.assignment
        rig.group.refuse('Heartbeat', [errorCode])
        await rig.clock.advance(HEARTBEAT_MS)
        assert.equal(before?.aborted, true)
        assert.deepEqual(rig.joinIds, ['', 'm1'])
        assert.deepEqual(rig.seen.slice(1), [
          'before rejoin',
          'joining',
          'assigned 0,1 uninterrupted',
        ])
      })
    }

    it('joins as a new member for code 25, and leaves with the old id first', async () => {
      await rig.join()
      await rig.clock.advance(HEARTBEAT_MS)
      rig.group.refuse('Heartbeat', [25])
      await rig.clock.advance(HEARTBEAT_MS)
      assert.deepEqual(rig.joinIds, ['', ''])
      assert.deepEqual(rig.leftIds, ['m1'])
      assert.equal(rig.seen.at(-1), 'assigned 0,1')
    })

    for (const errorCode of [23, 26, 30, 81, 82]) {
      it(`ends the membership for code ${errorCode}`, async () => {
        await rig.join()
        rig.group.refuse('Heartbeat', [errorCode])
        await rig.clock.advance(HEARTBEAT_MS)
        await assert.rejects(rig.running, { name: 'BrokerError', api: 'Heartbeat', errorCode })
        assert.equal(rig.assignment?.aborted, true)
      })
    }

    for (const errorCode of [34, 58]) {
      it(`ends all connections for code ${errorCode}, and keeps the assignment`, async () => {
        await rig.join()
        rig.group.refuse('Heartbeat', [errorCode])
        await rig.clock.advance(HEARTBEAT_MS + 500)
        assert.equal(rig.cluster.ended.length, 1)
        assert.equal(rig.seen.at(-1), 'heartbeat')
        assert.equal(rig.joinIds.length, 1)
      })
    }

    it('waits for the release of the shards before it joins again', async () => {
      await rig.join()
      let release: () => void = () => undefined
      rig.beforeRejoin = () => new Promise((resolve) => (release = resolve))
      rig.group.refuse('Heartbeat', [27])
      await rig.clock.advance(60_000)
      assert.equal(rig.joinIds.length, 1)
      assert.equal(rig.assignment?.aborted, true)
      release()
      await rig.clock.advance(1_000)
      assert.equal(rig.joinIds.length, 2)
    })

    it('is never sent while another one is pending, or while the member joins', async () => {
      await rig.join()
      const release = rig.group.hold('Heartbeat')
      await rig.clock.advance(60_000)
      assert.equal(rig.cluster.requests('Heartbeat').length, 1)
      release()
      await rig.clock.settle()
      const join = rig.group.hold('JoinGroup')
      rig.group.refuse('Heartbeat', [27])
      await rig.clock.advance(60_000)
      assert.equal(rig.cluster.requests('Heartbeat').length, 2)
      join()
      await rig.clock.settle()
    })

    it('asks at most 6 times in 10 s while each one is refused', async () => {
      await rig.join()
      rig.group.refuse('Heartbeat', Array<number>(50).fill(7))
      await rig.clock.advance(HEARTBEAT_MS + 9_900)
      assert.ok(rig.cluster.requests('Heartbeat').length <= 6)
    })

    it('backs off between joins when no generation lasts until its first heartbeat', async () => {
      await rig.join()
      rig.group.refuse('Heartbeat', Array<number>(500).fill(27))
      await rig.clock.advance(60_000)
      const count = rig.joinIds.length
      assert.ok(count >= 4 && count <= 12, `${count} joins in a minute`)
    })
  })
})
