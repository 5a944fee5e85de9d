import assert from 'node:assert/strict'
import { MemberRequests, GroupWaitError } from '../../../lib/kafka/group/member-requests'
import { heartbeat } from '../../../lib/kafka/group/group-requests'
import { describeAs } from '../../support/described-group'
import { FIRST_BROKER, FakeCluster, type FakeConnection } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'
import { MEMBER_SETTINGS, memberParts } from '../../support/member-rig'

const { group: GROUP, clientId: CLIENT } = MEMBER_SETTINGS
const HEARTBEAT = heartbeat({ group: GROUP, generation: 1, memberId: 'm1' })

/** What never comes. */
const never = new Promise<never>(() => undefined)

describe('kafka/member-requests', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let main: FakeConnection
  let requests: MemberRequests

  beforeEach(() => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    main = cluster.fakeConnection(FIRST_BROKER, 'main')
    requests = new MemberRequests(MEMBER_SETTINGS, memberParts(cluster, clock))
    cluster.on('Heartbeat', () => ({ error: 0 }))
    cluster.on('LeaveGroup', () => ({ error: 0 }))
    describeAs(cluster, 'Stable', [])
  })

  const send = (): Promise<unknown> =>
    requests.send(HEARTBEAT, () => cluster.connection(FIRST_BROKER, 'main'))

  const purposes = (): string[] => cluster.sent.map(({ api, purpose }) => `${api} ${purpose}`)

  const left = (): string[] => cluster.requests('LeaveGroup').map(({ memberId }) => memberId)

  function joinWaits(): void {
    main.groupWait = { request: 'join', sinceMs: clock.monotonic() }
  }

  describe('send', () => {
    it('uses the usual connection, also during a close', async () => {
      await send()
      requests.beginClose()
      await send()
      assert.deepEqual(purposes(), ['Heartbeat main', 'Heartbeat main'])
    })

    it('rejects while a join waits, and uses a spare connection during a close', async () => {
      joinWaits()
      await assert.rejects(send(), GroupWaitError)
      requests.beginClose()
      await send()
      assert.deepEqual(purposes(), ['Heartbeat spare'])
    })

    it('uses a spare connection when the usual one breaks during a close', async () => {
      requests.beginClose()
      cluster.on('Heartbeat', () => {
        cluster.on('Heartbeat', () => ({ error: 0 }))
        throw new Error('broken')
      })
      await send()
      assert.deepEqual(purposes(), ['Heartbeat main', 'Heartbeat spare'])
    })

    it('rejects with the reason when the usual connection breaks without a close', async () => {
      cluster.on('Heartbeat', () => {
        throw new Error('broken')
      })
      await assert.rejects(send(), new Error('broken'))
    })

    it('waits for the usual connection as long as no close begins', async () => {
      cluster.on('Heartbeat', () => never)
      void send()
      await clock.advance(60_000)
      assert.deepEqual(purposes(), ['Heartbeat main'])
    })

    it('uses a spare connection when a close gets no response for a second', async () => {
      cluster.on('Heartbeat', () => {
        cluster.on('Heartbeat', () => ({ error: 0 }))
        return never
      })
      const sent = send()
      await clock.settle()
      requests.beginClose()
      await clock.advance(999)
      assert.deepEqual(purposes(), ['Heartbeat main'])
      await clock.advance(1)
      await sent
      assert.deepEqual(purposes(), ['Heartbeat main', 'Heartbeat spare'])
    })
  })

  describe('leave', () => {
    it('leaves by the member id that it knows', async () => {
      await requests.leave('m1')
      assert.deepEqual(purposes(), ['LeaveGroup main'])
      assert.deepEqual(cluster.requests('LeaveGroup'), [{ groupId: GROUP, memberId: 'm1' }])
    })

    it('leaves by the member id through a spare connection while the join waits', async () => {
      joinWaits()
      requests.trackJoin('m1', never)
      requests.beginClose()
      await requests.leave('m1')
      assert.deepEqual(purposes(), ['LeaveGroup spare'])
    })

    it('finds the member by its client id while the group has not told its member id', async () => {
      joinWaits()
      requests.trackJoin('', never)
      requests.beginClose()
      describeAs(cluster, 'PreparingRebalance', [
        { id: 'other', clientId: 'another-client' },
        { id: 'm9', clientId: CLIENT },
      ])
      await requests.leave('')
      assert.deepEqual(purposes(), ['DescribeGroups spare', 'LeaveGroup spare'])
      assert.deepEqual(left(), ['m9'])
      assert.equal(requests.mayHaveLostMember, false)
    })

    it('waits for the id of a member that the group does not list yet', async () => {
      let choose: (memberId: string) => void = () => undefined
      requests.trackJoin('', new Promise((resolve) => (choose = resolve)))
      requests.beginClose()
      const leaving = requests.leave('')
      await clock.settle()
      assert.deepEqual(left(), [])
      choose('pending-1')
      await leaving
      assert.deepEqual(left(), ['pending-1'])
    })

    it('ends when the join broke and the group lists no such member', async () => {
      requests.trackJoin('', Promise.reject(new Error('broken')))
      await requests.leave('')
      assert.deepEqual(left(), [])
    })

    it('asks for no description once the group has told the member id', async () => {
      requests.trackJoin('', Promise.resolve('m1'))
      await clock.settle()
      assert.equal(requests.mayHaveLostMember, false)
      await requests.leave('m1')
      assert.deepEqual(purposes(), ['LeaveGroup main'])
    })
  })

  describe('leaveLostMember', () => {
    it('takes the member of a join whose response got lost out of the group', async () => {
      requests.trackJoin('', Promise.reject(new Error('broken')))
      await clock.settle()
      assert.equal(requests.mayHaveLostMember, true)
      describeAs(cluster, 'PreparingRebalance', [{ id: 'm9', clientId: CLIENT }])
      await requests.leaveLostMember()
      assert.deepEqual(left(), ['m9'])
      assert.equal(requests.mayHaveLostMember, false)
    })

    it('asks for nothing if no response got lost', async () => {
      await requests.leaveLostMember()
      requests.trackJoin('m1', Promise.reject(new Error('broken')))
      await clock.settle()
      await requests.leaveLostMember()
      assert.deepEqual(cluster.sent, [])
    })

    it('looks again before the next join if the group could not be asked', async () => {
      requests.trackJoin('', Promise.reject(new Error('broken')))
      await clock.settle()
      cluster.coordinatorOrError = new Error('none')
      await requests.leaveLostMember()
      assert.equal(requests.mayHaveLostMember, true)
    })
  })

  it('never rejects when it tries to leave', async () => {
    await requests.tryToLeave('m1')
    assert.deepEqual(left(), ['m1'])
    cluster.coordinatorOrError = new Error('none')
    await requests.tryToLeave('m1')
  })
})
