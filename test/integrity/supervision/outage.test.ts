import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { inFull, itInFull } from '../support/full'
import { Supervised } from '../support/supervised'

const AT_START_MS = inFull(45_000, 7_000)
/** Longer than what is bridged without a word, 10 s; far less than the session time-out of 120 s. */
const RUNNING_MS = inFull(45_000, 12_000)
const LONG_MS = 300_000

describe('supervision: the service is gone', function () {
  this.timeout(LONG_MS + 120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it(`for ${AT_START_MS / 1000} s from the start: red, and reads when it is there`, async () => {
    const supervised = await Supervised.start(resources, {}, {}, (endpoint) => endpoint.close())
    const { endpoint, watch } = supervised
    await delay(AT_START_MS)
    const opened = Date.now()
    assert.deepEqual(watch.since(0).slice(-1), ['red unreachable SLS_UNREACHABLE'])
    await endpoint.open()
    await supervised.write(40)
    await supervised.hasAll(60_000)
    await supervised.shows('green')
    figures(`gone for ${AT_START_MS / 1000} s from the start`, {
      'ms to records': Date.now() - opened,
      shown: watch.since(0),
    })
    supervised.assertOnceEach()
    assert.deepEqual(watch.since(0), [
      'yellow connecting',
      'red unreachable SLS_UNREACHABLE',
      'green',
    ])
    supervised.assertTold(['SLS_UNREACHABLE'])
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })

  it(`for ${RUNNING_MS / 1000} s while running: the same member reads on`, () => outage(RUNNING_MS))

  itInFull('for 5 min while running, longer than its session: reads on', () => outage(LONG_MS))

  async function outage(milliseconds: number): Promise<void> {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch } = supervised
    await supervised.reads()
    const members = await supervised.memberIds()
    const closed = Date.now()
    await endpoint.close()
    await supervised.write(40)
    await delay(milliseconds)
    const opened = Date.now()
    await endpoint.open()
    await supervised.hasAll(30_000)
    const records = Date.now()
    await supervised.shows('green')

    figures(`gone for ${milliseconds / 1000} s`, {
      'ms to yellow': watch.until('not green', closed),
      'ms to records': records - opened,
      shown: watch.since(closed),
    })
    if (milliseconds < 120_000) {
      supervised.assertOnceEach()
      assert.deepEqual(await supervised.memberIds(), members)
      assert.deepEqual(watch.since(closed), [
        'green',
        'yellow reconnecting SLS_UNREACHABLE',
        'green',
      ])
    }
    assert.ok(watch.until('not green', closed) < 2_000)
    assert.ok(watch.until('green', closed + 2_000) > milliseconds - 2_000, 'green in the outage')
    supervised.assertTold(['SLS_UNREACHABLE'])
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  }
})
