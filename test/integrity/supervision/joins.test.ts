import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { endedAfterEach } from '../../support/suite'
import { figures } from '../support/figures'
import { inFull } from '../support/full'
import { GROUP, SupervisedRig } from '../support/supervised-rig'

/** Two looks of the second connection, 5 s apart, after 5 s; and a new connection. */
const FOUND_WITHIN_MS = 25_000
/** The second connection is closed by then. */
const LOOK_MS = 5_500
const GATHERING_MS = inFull(30_000, 12_000)

describe('a consumer that joins its group', function () {
  this.timeout(120_000)
  const resources = endedAfterEach()

  it('finds by a second connection that the first one is half-open', async () => {
    const rig = await SupervisedRig.start(resources)
    const { emulator, watch } = rig
    await rig.reads()
    await emulator.freezeRequests({ api: 'JoinGroup', times: 1 })
    const from = Date.now()
    await emulator.expireMembers(GROUP)
    await rig.hasMetFaults()
    const met = Date.now()
    await rig.reads(FOUND_WITHIN_MS)
    figures('half-open join', { 'ms to records': Date.now() - met, shown: watch.since(from) })
    await emulator.clearFaults()
    await delay(LOOK_MS)
    await rig.assertEndsWell()
  })

  it(`shows how long it waits for other members, here ${GATHERING_MS / 1000} s, and keeps its connection`, async () => {
    const flags = ['--rebalance-delay', String(GATHERING_MS)]
    const rig = await SupervisedRig.start(resources, {}, { flags })
    const { emulator, watch, consumer } = rig
    await rig.shows('yellow 10/≤130 s')
    const { connections } = await emulator.state()
    await rig.reads(GATHERING_MS + 10_000)
    const shown = watch.since(0)
    figures('a join that waits', { shown, connections: connections.total })
    const waiting = ['yellow connecting', 'yellow 5/≤130 s', 'yellow 10/≤130 s']
    assert.deepEqual(shown.slice(0, 3), waiting)
    assert.equal(consumer.clientIds.length, 1)
    rig.assertReported([])
    await delay(LOOK_MS)
    await rig.assertEndsWell()
  })
})
