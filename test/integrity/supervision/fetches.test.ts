import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { inFull, itInFull } from '../support/full'
import { Supervised } from '../support/supervised'

const GRACE_MS = 30_000
/** The rests between them become longer and longer; without any it is hundreds a second. */
const MOST_LOGINS = 10

describe('supervision: fetches that are not answered', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  itInFull('while heartbeats are answered: not green for longer than the grace', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch } = supervised
    await supervised.reads()
    const members = await supervised.memberIds()
    const from = Date.now()
    await endpoint.closeOnRequests({ api: 'Fetch' })
    await endpoint.delayRequests(1_000, { api: 'Fetch' })
    await supervised.shows('yellow reconnecting SLS_UNREACHABLE', GRACE_MS)
    const told = Date.now() - from
    // Heartbeats and new connections meanwhile do not make it green.
    await delay(GRACE_MS)
    const shown = watch.since(from)
    const cleared = Date.now()
    await endpoint.clearFaults()
    await supervised.reads(40_000)
    const records = Date.now() - cleared
    figures('heartbeats alone', { 'ms to yellow': told, shown, 'ms to records': records })
    assert.deepEqual(shown, ['green', 'yellow reconnecting SLS_UNREACHABLE'])
    assert.deepEqual(await supervised.memberIds(), members)
    supervised.assertOnceEach()
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })

  it('because each closes the connection: no storm of logins, and the same member reads on', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch } = supervised
    await supervised.reads()
    const members = await supervised.memberIds()
    const from = Date.now()
    await endpoint.closeOnRequests({ api: 'Fetch' })
    await delay(inFull(12_000, 6_000))
    const shown = watch.since(from)
    const { accepted } = (await endpoint.state()).logins
    const cleared = Date.now()
    await endpoint.clearFaults()
    await supervised.reads(40_000)
    const records = Date.now() - cleared
    figures('fetches closed', { logins: accepted, shown, 'ms to records': records })
    assert.ok(accepted < MOST_LOGINS, `${accepted} logins`)
    assert.deepEqual(shown, ['green', 'yellow reconnecting SLS_UNREACHABLE'])
    supervised.assertTold(inFull(['SLS_UNREACHABLE'], []))
    assert.deepEqual(await supervised.memberIds(), members)
    supervised.assertOnceEach()
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })
})
