import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { LOGSTORE, SHARDS, Supervised } from '../support/supervised'

/** Of the log groups of the logstore that follows: beyond all offsets of the one before. */
const LATER_INDEX = 100_000
const REST_MS = 6_000

describe('supervision: a logstore that is deleted while it is read', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('says so, and reads the one that is made anew from its beginning', async () => {
    const supervised = await Supervised.start(resources, { commitInterval: 500 })
    const { endpoint, watch, consumer } = supervised
    await supervised.reads()
    const from = Date.now()
    await endpoint.deleteLogstore(LOGSTORE)
    await supervised.shows('yellow reconnecting SLS_LOGSTORE_NOT_FOUND')
    await consumer.until('the failure to be told', () => consumer.failures.length > 0)
    const told = Date.now()
    await endpoint.createLogstore(LOGSTORE, SHARDS, LATER_INDEX)
    await supervised.write(40)
    await supervised.hasAll(60_000)
    const records = Date.now()
    await supervised.shows('green')
    const shown = watch.since(from)
    const codes = consumer.failures.map(({ code }) => code)
    figures('a deleted logstore', {
      'ms to the error': told - from,
      'ms to records': records - told,
      shown,
      told: codes,
    })
    assert.deepEqual(shown, [
      'green',
      'yellow reconnecting SLS_LOGSTORE_NOT_FOUND',
      'red offset-expired SLS_OFFSET_EXPIRED',
      'green',
    ])
    // Once for all shards; then of each, where reading goes on.
    const [missing, ...resets] = codes
    assert.equal(missing, 'SLS_LOGSTORE_NOT_FOUND')
    assert.deepEqual(new Set(resets), new Set(['SLS_OFFSET_EXPIRED']))
    supervised.assertOnceEach()
    await supervised.assertNothingDoubled()
    await supervised.end()
    // What the client still had to try for the logstore that was gone ends by itself, in some seconds.
    await delay(REST_MS)
    await supervised.assertLeavesNothing()
  })
})
