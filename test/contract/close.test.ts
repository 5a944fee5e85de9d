import assert from 'node:assert/strict'
import { ContractRig, seen } from '../support/contract/contract-rig'
import type { RunningSource } from '../support/contract/running-source'

/** What the product promises for a close, and 1 s for a busy machine. */
const CLOSE_MS = 8_000 + 1_000
const LONG_MS = 60_000

describe('contract: a close in whatever phase', () => {
  const rig = new ContractRig('--rebalance-delay', '0')

  async function closes(source: RunningSource): Promise<void> {
    const began = performance.now()
    await source.stop()
    const took = Math.round(performance.now() - began)
    assert.ok(took < CLOSE_MS, `${took} ms`)
    const told = source.told
    await rig.emulator.clearFaults()
    await noMember()
    await rig.append(['after the close'])
    const witness = rig.source('witness')
    await witness.untilRecords(1)
    assert.equal(source.told, told, 'the listener hears nothing after the end')
  }

  async function noMember(): Promise<void> {
    await seen('a group without members', async () => {
      const state = await rig.groupState()
      return state === null || (state.members.length === 0 && state.pendingIds === 0)
    })
  }

  for (const api of ['ApiVersions', 'SaslAuthenticate', 'Metadata', 'OffsetFetch'] as const) {
    it(`a close while the response to ${api} is awaited ends in time`, async () => {
      await rig.createLogstore(1)
      await rig.emulator.delayRequests(LONG_MS, { api, times: 1 })
      const source = rig.source()
      await seen(api, async () => (await rig.faultsApplied())[0] === 1)
      await closes(source)
    })
  }

  it('a close during a TLS handshake that is not answered ends in time', async () => {
    await rig.createLogstore(1)
    const { total } = (await rig.emulator.state()).connections
    await rig.emulator.receiveWith('silence')
    const source = rig.source()
    await seen('a connection', async () => {
      const { connections } = await rig.emulator.state()
      return connections.open > 0 || connections.total > total
    })
    await closes(source)
  })

  it('a close before the first join is answered leaves no member', async () => {
    await rig.createLogstore(1)
    await rig.emulator.delayAnswers(2_000, { api: 'JoinGroup', times: 1 })
    const source = rig.source()
    await seen('the join', async () => (await rig.faultsApplied())[0] === 1)
    await source.stop()
    await rig.emulator.clearFaults()
    await noMember()
  })

  it('a close after MEMBER_ID_REQUIRED leaves no pending member', async () => {
    await rig.createLogstore(1)
    await rig.emulator.delayAnswers(200, { api: 'JoinGroup', times: 1 })
    const source = rig.source()
    await seen('a pending id', async () => (await rig.groupState())?.pendingIds === 1)
    // The second join, with the id.
    await rig.emulator.delayRequests(LONG_MS, { api: 'JoinGroup', times: 1 })
    await seen('the second join', async () => (await rig.faultsApplied())[1] === 1)
    await source.stop()
    await noMember()
  })

  it('a close while the join waits for other members leaves no member', async () => {
    await rig.createLogstore(1)
    const blocking = rig.source('blocking')
    await blocking.untilAssigned()
    const held = new Promise<void>(() => undefined)
    blocking.beforeRelease = () => held
    await rig.emulator.delayRequests(LONG_MS, { api: 'JoinGroup', clientId: 'blocking' })
    const source = rig.source('second')
    await seen('the join', async () => (await rig.groupState())?.state === 'PreparingRebalance')
    await source.stop()
    await seen('the one member', async () => {
      const state = await rig.groupState()
      return state?.members.every(({ clientId }) => clientId === 'blocking') ?? false
    })
    assert.equal((await rig.groupState())?.pendingIds, 0)
  })

  it('a close while the assignment is awaited leaves no member', async () => {
    await rig.createLogstore(1)
    await rig.emulator.delayRequests(LONG_MS, { api: 'SyncGroup', times: 1 })
    const source = rig.source()
    await seen('the sync', async () => (await rig.faultsApplied())[0] === 1)
    await source.stop()
    await noMember()
  })

  it('a close while a commit is not answered ends in time, and leaves', async () => {
    await rig.createLogstore(1)
    const source = rig.source()
    await rig.append(['a'])
    await source.untilRecords(1)
    await rig.emulator.delayRequests(LONG_MS, { api: 'OffsetCommit', times: 1 })
    const began = performance.now()
    await source.stop()
    assert.ok(performance.now() - began < CLOSE_MS)
    await noMember()
  })

  it('a close while the service is gone ends in time', async () => {
    await rig.createLogstore(1)
    const source = rig.source()
    await source.untilAssigned()
    await rig.emulator.close()
    try {
      const began = performance.now()
      await source.stop()
      assert.ok(performance.now() - began < CLOSE_MS)
    } finally {
      await rig.emulator.open()
    }
    await rig.emulator.expireMembers(rig.group)
  })

  it('a close leaves no connection', async () => {
    await rig.createLogstore(2)
    const source = rig.source()
    await source.untilAssigned()
    await source.stop()
    await seen('no connection', async () => (await rig.emulator.state()).connections.open === 0)
  })
})
