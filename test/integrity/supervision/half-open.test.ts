import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { itInFull } from '../support/full'
import { Supervised } from '../support/supervised'

/** Wanted are 15 s: the silence that is waited for, 10 s, and a new connection. */
const RECORDS_WITHIN_MS = 30_000
/** The handshake is given up after 10 s. */
const TOLD_WITHIN_MS = 15_000

describe('supervision: connections that are half-open', function () {
  const resources = new Resources()

  afterEach(() => resources.end())

  it('all at once: records again in time, as the same member', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch } = supervised
    await supervised.reads()
    const members = await supervised.memberIds()
    const frozen = Date.now()
    assert.ok((await endpoint.freezeConnections()) > 0)
    await supervised.write(40)
    await supervised.hasAll(RECORDS_WITHIN_MS)
    const took = Date.now() - frozen
    await supervised.shows('green')
    figures('half-open', { 'ms to records': took, shown: watch.since(frozen) })
    supervised.assertOnceEach()
    assert.deepEqual(await supervised.memberIds(), members)
    await supervised.assertNothingDoubled()
    await endpoint.clearFaults()
    await supervised.assertLeavesNothing()
  })

  itInFull('those that are new, before TLS: no socket is left behind', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch } = supervised
    await supervised.reads()
    const members = await supervised.memberIds()
    const from = Date.now()
    await endpoint.receiveWith('silence')
    await endpoint.killConnections()
    await delay(25_000)
    const { open } = (await endpoint.state()).connections
    await endpoint.receiveWith('tls')
    await supervised.reads(RECORDS_WITHIN_MS)
    await supervised.shows('green')
    figures('silent TLS', {
      open,
      'ms to yellow': watch.until('not green', from),
      shown: watch.since(from),
    })
    assert.ok(open <= 2, `${open} connections left open`)
    assert.ok(watch.until('not green', from) < TOLD_WITHIN_MS)
    assert.deepEqual(watch.since(from), ['green', 'yellow reconnecting SLS_UNREACHABLE', 'green'])
    supervised.assertOnceEach()
    assert.deepEqual(await supervised.memberIds(), members)
    await endpoint.clearFaults()
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })
})
