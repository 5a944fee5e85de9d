import assert from 'node:assert/strict'
import { endedAfterEach } from '../../support/suite'
import { figures } from '../support/figures'
import { SupervisedRig } from '../support/supervised-rig'

/** Wanted are 15 s: the silence that is waited for, 10 s, and a new connection. */
const RECORDS_WITHIN_MS = 30_000

describe('a consumer all of whose connections are half-open', () => {
  const resources = endedAfterEach()

  it('reads on in time, as the same member', async () => {
    const rig = await SupervisedRig.start(resources)
    const { emulator, watch } = rig
    await rig.reads()
    const members = await rig.memberIds()
    const frozen = Date.now()
    assert.ok((await emulator.freezeConnections()) > 0)
    await rig.reads(RECORDS_WITHIN_MS)
    figures('half-open', { 'ms to records': Date.now() - frozen, shown: watch.since(frozen) })
    rig.assertOnceEach()
    assert.deepEqual(await rig.memberIds(), members)
    await emulator.clearFaults()
    await rig.assertEndsWell()
  })
})
