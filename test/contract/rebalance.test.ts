import assert from 'node:assert/strict'
import { ContractRig, lines, seen } from '../support/contract/contract-rig'
import type { RunningSource } from '../support/contract/running-source'

const SHARDS = 4

describe('contract: a rebalance', () => {
  const rig = new ContractRig()

  async function fill(all: readonly string[]): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) await rig.append(all, shard)
  }

  /** Two members with two shards each, of which the first one leads. */
  async function twoMembers(): Promise<[leader: RunningSource, follower: RunningSource]> {
    await rig.createLogstore(SHARDS)
    const leader = rig.source('leader')
    await leader.untilAssigned()
    const follower = rig.source('follower')
    await Promise.all([
      leader.until('two shards', () => leader.shards.length === 2),
      follower.until('two shards', () => follower.shards.length === 2),
    ])
    return [leader, follower]
  }

  it('kept shards are read on, also where nothing was committed', async () => {
    await rig.createLogstore(SHARDS)
    const all = lines(200)
    const first = rig.source('a')
    first.beforeRelease = () => Promise.resolve()
    await fill(all.slice(0, 100))
    await first.untilRecords(SHARDS * 100)
    const second = rig.source('b')
    await first.until('the second assignment', () => first.assignments.length >= 2)
    await second.untilAssigned()
    assert.deepEqual([...(first.assignments.at(-1)?.kept ?? [])], first.shards)
    assert.deepEqual([...(second.assignments.at(-1)?.kept ?? [])], [])
    await fill(all.slice(100))
    await first.until('its new records', () => first.records.length >= SHARDS * 100 + 200)
    await first.stop()
    for (const shard of first.shards) assert.deepEqual(first.values(shard), all)
  })

  it('a shard that moved is read on at what was delivered and committed', async () => {
    await rig.createLogstore(SHARDS)
    const all = lines(200)
    const first = rig.source('a')
    await fill(all.slice(0, 100))
    await first.untilRecords(SHARDS * 100)
    const second = rig.source('b')
    await second.untilAssigned()
    await first.until('the second assignment', () => first.assignments.length >= 2)
    await fill(all.slice(100))
    await second.untilRecords(2 * 100)
    for (const shard of second.shards) assert.deepEqual(second.values(shard), all.slice(100))
    const committed = await rig.committed()
    for (const shard of second.shards) {
      const last = first.records.filter((record) => record.shard === shard).at(-1)
      assert.equal(committed.get(shard), BigInt(last?.offset ?? -1) + 1n)
    }
  })

  it('a commit leaves out the shards that a member has lost', async () => {
    const [leader, follower] = await twoMembers()
    const lost = follower.shards[0] ?? -1
    const own = leader.shards[0] ?? -1
    const next = await rig.nextOffset(own)
    const { outcome, shards } = await leader.source.commit(
      new Map([
        [own, next],
        [lost, next],
      ]),
    )
    assert.equal(outcome, 'committed')
    assert.deepEqual([...shards], [own])
    const committed = await rig.committed()
    assert.equal(committed.get(own), next)
    assert.equal(committed.get(lost), undefined)
  })

  it('what is to be committed before a rejoin is awaited', async () => {
    await rig.createLogstore(SHARDS)
    const first = rig.source('a')
    await first.untilAssigned()
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    first.beforeRelease = () => held
    const second = rig.source('b')
    await first.until('the question', () => first.events.some(({ type }) => type === 'release'))
    const joinsBefore = await rig.requests('JoinGroup')
    const state = await rig.groupState()
    assert.equal(state?.state, 'PreparingRebalance')
    assert.deepEqual(first.events.at(-1), { type: 'release', reason: 'rebalance' })
    assert.equal(await rig.requests('JoinGroup'), joinsBefore)
    assert.equal(first.assignments.length, 1)
    release()
    await first.untilAssigned(2)
    await second.untilAssigned()
    assert.ok((await rig.requests('JoinGroup')) > joinsBefore)
  })

  it('what is to be committed before the leave is awaited', async () => {
    await rig.createLogstore(1)
    const source = rig.source()
    await source.untilAssigned()
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    source.beforeRelease = () => held
    const before = await rig.requests('LeaveGroup')
    const stopped = source.stop()
    await source.until('the question', () => source.events.some(({ type }) => type === 'release'))
    assert.deepEqual(source.events.at(-1), { type: 'release', reason: 'stop' })
    assert.equal((await rig.groupState())?.members.length, 1)
    assert.equal(await rig.requests('LeaveGroup'), before)
    release()
    await stopped
    assert.deepEqual((await rig.groupState())?.members, [])
  })

  it('a follower that rejoins in the same generation keeps its shards', async () => {
    const [leader, follower] = await twoMembers()
    follower.beforeRelease = () => Promise.resolve()
    const all = lines(200)
    await fill(all.slice(0, 100))
    await Promise.all([leader.untilRecords(200), follower.untilRecords(200)])
    const generation = (await rig.groupState())?.generation
    const own = follower.shards
    await rig.emulator.failRequests('REBALANCE_IN_PROGRESS', {
      api: 'Heartbeat',
      clientId: 'follower',
      times: 1,
    })
    const joins = follower.assignments.length
    await follower.untilAssigned(joins + 1)
    assert.equal((await rig.groupState())?.generation, generation)
    assert.deepEqual(follower.shards, own)
    assert.deepEqual([...(follower.assignments.at(-1)?.kept ?? [])], own)
    await fill(all.slice(100))
    await follower.untilRecords(400)
    await follower.stop()
    for (const shard of own) assert.deepEqual(follower.values(shard), all)
  })

  it('after its commit before a release nothing is delivered until the next assignment', async () => {
    await rig.createLogstore(SHARDS)
    const all = lines(3_000, 200)
    await fill(all)
    const first = rig.idleSource('a', { maxBytesPerShard: '16384' })
    let isReleased = false
    let delivered = 0
    first.beforeRelease = async () => {
      await first.commit()
      isReleased = true
    }
    first.onFetched = () => {
      if (isReleased && first.assignments.length === 1) delivered++
    }
    first.start()
    await first.untilRecords(500)
    const second = rig.source('b')
    await second.untilAssigned()
    await first.untilAssigned(2)
    assert.equal(delivered, 0)
    const total = (): number =>
      [...first.records, ...second.records].filter(({ value }) => value?.toString() === all.at(-1))
        .length
    await seen('the last record of each shard', () => Promise.resolve(total() === SHARDS))
    await Promise.all([first.stop(), second.stop()])
    for (let shard = 0; shard < SHARDS; shard++) {
      assert.deepEqual([...first.values(shard), ...second.values(shard)], all)
    }
  })
})
