import assert from 'node:assert/strict'
import { GroupExit, GroupWaitError } from '../../../lib/kafka/group-exit'
import { heartbeat } from '../../../lib/kafka/group-requests'
import { ShardDirectory } from '../../../lib/kafka/shard-directory'
import { SILENT_LOGGER } from '../../../lib/logger'
import { describeAs } from '../../support/described-group'
import { FIRST_BROKER, FakeCluster, type FakeConnection } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const GROUP = 'g'
const CLIENT = 'this-client'
const HEARTBEAT = heartbeat({ group: GROUP, generation: 1, memberId: 'm1' })

/** What never comes. */
const never = new Promise<never>(() => undefined)

describe('kafka/group-exit', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let main: FakeConnection
  let exit: GroupExit

  beforeEach(() => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    main = cluster.fakeConnection(FIRST_BROKER, 'main')
    const settings = {
      group: GROUP,
      logstore: 'app-log',
      clientId: CLIENT,
      sessionTimeoutMs: 20_000,
      rebalanceTimeoutMs: 60_000,
    }
    const directory = new ShardDirectory(
      cluster.asCluster,
      settings.logstore,
      clock,
      new AbortController().signal,
    )
    exit = new GroupExit(settings, {
      cluster: cluster.asCluster,
      directory,
      clock,
      logger: SILENT_LOGGER,
    })
    cluster.on('Heartbeat', () => ({ error: 0 }))
    cluster.on('LeaveGroup', () => ({ error: 0 }))
    describeAs(cluster, 'Stable', [])
  })

  const send = (): Promise<unknown> =>
    exit.send(HEARTBEAT, () => cluster.connection(FIRST_BROKER, 'main'))

  const purposes = (): string[] => cluster.sent.map(({ api, purpose }) => `${api} ${purpose}`)

  const left = (): string[] => cluster.requests('LeaveGroup').map(({ memberId }) => memberId)

  function joinWaits(): void {
    main.groupWait = { request: 'join', sinceMs: clock.monotonic() }
  }

  describe('send', () => {
    it('uses the usual connection, also during a close', async () => {
      await send()
      exit.begin()
      await send()
      assert.deepEqual(purposes(), ['Heartbeat main', 'Heartbeat main'])
    })

    it('rejects while a join waits, and uses a spare connection during a close', async () => {
      joinWaits()
      await assert.rejects(send(), GroupWaitError)
      exit.begin()
      await send()
      assert.deepEqual(purposes(), ['Heartbeat spare'])
    })

    it('uses a spare connection when the usual one breaks during a close', async () => {
      exit.begin()
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
      exit.begin()
      await clock.advance(999)
      assert.deepEqual(purposes(), ['Heartbeat main'])
      await clock.advance(1)
      await sent
      assert.deepEqual(purposes(), ['Heartbeat main', 'Heartbeat spare'])
    })
  })

  describe('leave', () => {
    it('leaves by the member id that it knows', async () => {
      await exit.leave('m1')
      assert.deepEqual(purposes(), ['LeaveGroup main'])
      assert.deepEqual(cluster.requests('LeaveGroup'), [{ groupId: GROUP, memberId: 'm1' }])
    })

    it('leaves by the member id through a spare connection while the join waits', async () => {
      joinWaits()
      exit.joining('m1', never)
      exit.begin()
      await exit.leave('m1')
      assert.deepEqual(purposes(), ['LeaveGroup spare'])
    })

    it('finds the member by its client id while the group has not told its member id', async () => {
      joinWaits()
      exit.joining('', never)
      exit.begin()
      describeAs(cluster, 'PreparingRebalance', [
        { id: 'other', clientId: 'another-client' },
        { id: 'm9', clientId: CLIENT },
      ])
      await exit.leave('')
      assert.deepEqual(purposes(), ['DescribeGroups spare', 'LeaveGroup spare'])
      assert.deepEqual(left(), ['m9'])
      assert.equal(exit.mayHaveLostMember, false)
    })

    it('waits for the id of a member that the group does not list yet', async () => {
      let choose: (memberId: string) => void = () => undefined
      exit.joining('', new Promise((resolve) => (choose = resolve)))
      exit.begin()
      const leaving = exit.leave('')
      await clock.settle()
      assert.deepEqual(left(), [])
      choose('pending-1')
      await leaving
      assert.deepEqual(left(), ['pending-1'])
    })

    it('ends when the join broke and the group lists no such member', async () => {
      exit.joining('', Promise.reject(new Error('broken')))
      await exit.leave('')
      assert.deepEqual(left(), [])
    })

    it('asks for no description once the group has told the member id', async () => {
      exit.joining('', Promise.resolve('m1'))
      await clock.settle()
      assert.equal(exit.mayHaveLostMember, false)
      await exit.leave('m1')
      assert.deepEqual(purposes(), ['LeaveGroup main'])
    })
  })

  describe('leaveLostMember', () => {
    it('takes the member of a join whose response got lost out of the group', async () => {
      exit.joining('', Promise.reject(new Error('broken')))
      await clock.settle()
      assert.equal(exit.mayHaveLostMember, true)
      describeAs(cluster, 'PreparingRebalance', [{ id: 'm9', clientId: CLIENT }])
      await exit.leaveLostMember()
      assert.deepEqual(left(), ['m9'])
      assert.equal(exit.mayHaveLostMember, false)
    })

    it('asks for nothing if no response got lost', async () => {
      await exit.leaveLostMember()
      exit.joining('m1', Promise.reject(new Error('broken')))
      await clock.settle()
      await exit.leaveLostMember()
      assert.deepEqual(cluster.sent, [])
    })

    it('looks again before the next join if the group could not be asked', async () => {
      exit.joining('', Promise.reject(new Error('broken')))
      await clock.settle()
      cluster.coordinatorOrError = new Error('none')
      await exit.leaveLostMember()
      assert.equal(exit.mayHaveLostMember, true)
    })
  })

  it('never rejects when it tries to leave', async () => {
    await exit.tryToLeave('m1')
    assert.deepEqual(left(), ['m1'])
    cluster.coordinatorOrError = new Error('none')
    await exit.tryToLeave('m1')
  })
})
