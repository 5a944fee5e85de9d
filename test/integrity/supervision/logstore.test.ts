import assert from 'node:assert/strict'
import { figures } from '../support/figures'
import { LOGSTORE, SHARDS, SupervisedRig } from '../support/supervised-rig'
import { endedAfterEach } from '../../support/suite'

/** Of the log groups of the logstore that follows: beyond all offsets of the one before. */
const LATER_INDEX = 100_000

describe('a consumer whose logstore is deleted', function () {
  this.timeout(120_000)
  const resources = endedAfterEach()

  it('shows that, and reads the logstore that is created again from its beginning', async () => {
    const rig = await SupervisedRig.start(resources, { commitInterval: 500 })
    const { emulator, watch, consumer } = rig
    await rig.reads()
    const from = Date.now()
    await emulator.deleteLogstore(LOGSTORE)
    await rig.shows('yellow reconnecting SLS_LOGSTORE_NOT_FOUND')
    await consumer.until('the failure to be reported', () => consumer.failures.length > 0)
    const reported = Date.now()
    await emulator.createLogstore(LOGSTORE, SHARDS, LATER_INDEX)
    await rig.reads(60_000)
    const records = Date.now()
    const shown = watch.since(from)
    const codes = consumer.failures.map(({ code }) => code)
    figures('a deleted logstore', {
      'ms to the error': reported - from,
      'ms to records': records - reported,
      shown,
      reported: codes,
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
    rig.assertOnceEach()
    await rig.assertEndsWell()
  })
})
