import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { inFull, itInFull } from '../support/full'
import { Supervised } from '../support/supervised'

const KEY = { accessKeyId: 'local-id', accessKeySecret: 'local-secret' }
const WRONG_MS = inFull(30_000, 10_000)
/** As the steps of the back-off have it. */
const LOGINS = inFull(5, 3)
const RECOVERED_WITHIN_MS = 60_000

describe('supervision: the login', function () {
  this.timeout(240_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  for (const [how, test] of [
    ['sasl', it],
    ['topic', itInFull],
  ] as const) {
    test(`with a wrong key for ${WRONG_MS / 1000} s, refused by ${how}: few logins, red, recovers`, async () => {
      const flags = ['--auth-failure', how]
      const supervised = await Supervised.start(resources, {}, { ...KEY, flags }, (endpoint) =>
        endpoint.setAccessKey(KEY.accessKeyId, 'another'),
      )
      const { endpoint, consumer, watch } = supervised
      await delay(WRONG_MS)
      const { logins } = await endpoint.state()
      const shown = watch.since(0)
      const right = Date.now()
      await endpoint.setAccessKey(KEY.accessKeyId, KEY.accessKeySecret)
      await supervised.write(40)
      await supervised.hasAll(RECOVERED_WITHIN_MS)
      figures(`wrong key, ${how}`, {
        logins,
        shown,
        'ms to records': Date.now() - right,
      })
      assert.ok(logins.refused + logins.accepted <= LOGINS)
      assert.deepEqual(shown, ['yellow connecting', 'red access-key-refused SLS_AUTH_FAILED'])
      assert.deepEqual(
        consumer.failures.map(({ code }) => code),
        ['SLS_AUTH_FAILED'],
        'told once',
      )
      supervised.assertOnceEach()
      await supervised.assertNothingDoubled()
      await supervised.assertLeavesNothing()
    })
  }

  it('with a key that is replaced while running: red from the next login on, recovers', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch } = supervised
    await supervised.reads()
    const from = Date.now()
    await endpoint.setAccessKey(KEY.accessKeyId, 'another')
    await supervised.reads()
    assert.deepEqual(watch.since(from), ['green'], 'what is logged in stays')
    await endpoint.killConnections()
    await supervised.shows('red access-key-refused SLS_AUTH_FAILED')
    await delay(5_000)
    const right = Date.now()
    await endpoint.setAccessKey(KEY.accessKeyId, KEY.accessKeySecret)
    await supervised.write(40)
    await supervised.hasAll(RECOVERED_WITHIN_MS)
    await supervised.shows('green')
    figures('replaced key', { 'ms to records': Date.now() - right, shown: watch.since(from) })
    supervised.assertTold(['SLS_AUTH_FAILED'])
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })

  it('that breaks off three times on a reconnect: the same member reads on', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, consumer, watch } = supervised
    await supervised.reads()
    const members = await supervised.memberIds()
    const from = Date.now()
    await endpoint.closeOnRequests({ api: 'SaslAuthenticate', times: 3 })
    await endpoint.killConnections()
    await supervised.write(40)
    await supervised.hasAll()
    await supervised.shows('green')
    figures('closed during SASL', { 'ms to records': Date.now() - from, shown: watch.since(from) })
    supervised.assertOnceEach()
    assert.deepEqual(await supervised.memberIds(), members)
    assert.deepEqual(consumer.failures, [])
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })
})
