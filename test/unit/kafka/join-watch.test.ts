import assert from 'node:assert/strict'
import type { Connection } from '../../../lib/kafka/connection/connection'
import { watchJoin } from '../../../lib/kafka/group/join-watch'
import { SILENT_LOGGER } from '../../../lib/logger'
import { describeAs } from '../../support/described-group'
import { FIRST_BROKER, FakeCluster, type FakeConnection } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const GROUP = 'g'
const LOOK_MS = 5_000

describe('kafka/join-watch', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let connection: FakeConnection
  let waits: number[]
  let end: () => void

  beforeEach(() => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    connection = cluster.fakeConnection(FIRST_BROKER, 'main')
    waits = []
    const parts = { cluster: cluster.asCluster, clock, logger: SILENT_LOGGER }
    end = watchJoin(connection as unknown as Connection, { group: GROUP }, parts, (sinceMs) =>
      waits.push(sinceMs),
    )
    describeAs(cluster, 'PreparingRebalance', [])
  })

  afterEach(() => {
    end()
    assert.equal(clock.pending, 0, 'a timer was left')
  })

  function waitFor(request: 'join' | 'sync'): void {
    connection.groupWait = { request, sinceMs: clock.monotonic() }
  }

  const lookCount = (): number => cluster.requests('DescribeGroups').length

  it('looks at nothing while no join waits, or for less than 5 s', async () => {
    await clock.advance(60_000)
    waitFor('join')
    await clock.advance(LOOK_MS - 1)
    assert.equal(lookCount(), 0)
    assert.deepEqual(waits, [])
  })

  it('says since when the join waits, at each look, through a spare connection', async () => {
    waitFor('join')
    const sinceMs = clock.monotonic()
    await clock.advance(3 * LOOK_MS)
    assert.deepEqual(waits, [sinceMs, sinceMs, sinceMs])
    assert.equal(lookCount(), 3)
    assert.ok(cluster.sent.every(({ purpose }) => purpose === 'spare'))
  })

  it('leaves a join alone as long as the group waits for other members', async () => {
    waitFor('join')
    await clock.advance(600_000)
    assert.equal(connection.ended, null)
  })

  for (const state of ['Stable', 'Empty', 'Dead', 'CompletingRebalance']) {
    it(`ends the connection of a join when the group is ${state} at two looks in a row`, async () => {
      waitFor('join')
      describeAs(cluster, state, [])
      await clock.advance(LOOK_MS)
      assert.equal(connection.ended, null)
      await clock.advance(LOOK_MS)
      assert.equal((connection.ended as NodeJS.ErrnoException | null)?.code, 'ETIMEDOUT')
    })
  }

  it('leaves a sync alone while the assignment of the leader is waited for', async () => {
    waitFor('sync')
    describeAs(cluster, 'CompletingRebalance', [])
    await clock.advance(60_000)
    assert.equal(connection.ended, null)
    describeAs(cluster, 'Stable', [])
    await clock.advance(2 * LOOK_MS)
    assert.notEqual(connection.ended, null)
  })

  it('needs two looks in a row: a rebalance in between begins the count again', async () => {
    waitFor('join')
    for (const state of ['Stable', 'PreparingRebalance', 'Stable', 'PreparingRebalance']) {
      describeAs(cluster, state, [])
      await clock.advance(LOOK_MS)
    }
    assert.equal(connection.ended, null)
  })

  it('leaves a later wait alone that began between the looks', async () => {
    waitFor('join')
    describeAs(cluster, 'Stable', [])
    await clock.advance(LOOK_MS)
    cluster.on('DescribeGroups', ({ groupIds }) => {
      connection.groupWait = { request: 'sync', sinceMs: clock.monotonic() }
      return {
        groups: groupIds.map((id) => ({
          error: 0,
          id,
          state: 'Stable',
          protocolType: 'consumer',
          protocol: 'range',
          members: [],
        })),
      }
    })
    await clock.advance(LOOK_MS)
    assert.equal(connection.ended, null)
  })

  it('stops looking after three failures, and goes on saying that the join waits', async () => {
    waitFor('join')
    cluster.on('DescribeGroups', () => {
      throw new Error('broken')
    })
    await clock.advance(3 * LOOK_MS)
    describeAs(cluster, 'Stable', [])
    await clock.advance(3 * LOOK_MS)
    assert.equal(lookCount(), 3)
    assert.equal(waits.length, 6)
    assert.equal(connection.ended, null)
  })
})
