import assert from 'node:assert/strict'
import { PROOF_SECONDS, MonitoringRig } from '../support/monitoring-rig'
import { endedAfterAll } from '../../support/suite'

const TAB = 'orders'
const GROWN_SECONDS = PROOF_SECONDS + 5

describe('a node whose service cannot be reached', () => {
  const resources = endedAfterAll()
  let watched: MonitoringRig

  before(async () => {
    const settings = { commit: 'onSend' }
    watched = await MonitoringRig.start(resources, [
      { tab: TAB, logstore: TAB, shards: 2, settings, work: () => [] },
    ])
    await watched.emulator.append(TAB, ['first', 'second'])
    await watched.rig.until('both', () => watched.rig.flow.records.length === 2)
    await watched.caughtUp(TAB)
  })

  it('is not ok and lets the delay grow while it connects again', async () => {
    await watched.emulator.close()
    await watched.until(TAB, 'an error', ({ ok, state }) => !ok && state === 'reconnecting')
    const { ok, code } = await watched.until(
      TAB,
      'the delay to grow',
      ({ delaySeconds }) => delaySeconds >= GROWN_SECONDS,
    )
    assert.deepEqual([ok, code], [false, 'SLS_UNREACHABLE'])
    const samples = await watched.delaySamples(TAB)
    assert.ok(
      samples.length === 2 && samples.every((delay) => delay >= GROWN_SECONDS),
      'Prometheus',
    )
    assert.ok(Number(watched.status(TAB)['delaySeconds']) >= PROOF_SECONDS, 'the status')
    await watched.emulator.open()
    const well = await watched.caughtUp(TAB)
    assert.deepEqual([well.ok, well.code], [true, null])
  })

  it('lets the delay grow on while the membership has failed and begins again', async () => {
    const { accessKeyId, accessKeySecret } = watched.emulator
    await watched.emulator.setAccessKey(accessKeyId, 'another-secret')
    await watched.emulator.killConnections()
    await watched.until(TAB, 'to fail', ({ state, code }) => {
      return state === 'failed' && code === 'SLS_AUTH_FAILED'
    })
    const { ok, state } = await watched.until(
      TAB,
      'the delay to grow',
      ({ delaySeconds }) => delaySeconds >= GROWN_SECONDS,
    )
    assert.deepEqual([ok, state], [false, 'failed'])
    const samples = await watched.delaySamples(TAB)
    assert.ok(
      samples.length === 2 && samples.every((delay) => delay >= GROWN_SECONDS),
      'Prometheus',
    )
    await watched.rig.until('the plot', async () => {
      return Number((await watched.history(TAB)).at(-1)) >= GROWN_SECONDS
    })
    await watched.emulator.setAccessKey(accessKeyId, accessKeySecret)
    const well = await watched.caughtUp(TAB)
    assert.deepEqual([well.ok, well.code], [true, null])
  })
})

describe('a node that has never reached its service', () => {
  const resources = endedAfterAll()

  it('lets the delay grow from the start', async () => {
    const settings = { commit: 'onSend' }
    const watched = await MonitoringRig.start(resources, [
      { tab: TAB, logstore: TAB, shards: 1, settings, work: () => [] },
    ])
    await watched.emulator.setAccessKey(watched.emulator.accessKeyId, 'another-secret')
    await watched.emulator.killConnections()
    await watched.rig.redeploy()
    const { ok } = await watched.until(
      TAB,
      'a delay',
      ({ state, delaySeconds }) => state === 'failed' && delaySeconds >= 5,
    )
    assert.equal(ok, false)
  })
})
