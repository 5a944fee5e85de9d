import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { GROUP, Supervised } from '../support/supervised'

const MOMENT_MS = 3_000
const REST_MS = 2_000

describe('supervision: what the service answers', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('bytes that are no Kafka: reads on', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch, consumer } = supervised
    await supervised.reads()
    const from = Date.now()
    // To fetches those of a web server, which promise an answer of 1.2 GB; to heartbeats an answer too short.
    await endpoint.answerNonsense({ api: 'Fetch', times: 1 })
    await endpoint.answerNonsense(
      { api: 'Heartbeat', times: 1 },
      Buffer.from([0, 0, 0, 2, 255, 255]),
    )
    await supervised.hasMetFaults()
    await supervised.reads(60_000)
    figures('nonsense', {
      'ms to records': Date.now() - from,
      shown: watch.since(from),
      told: consumer.failures.map(({ code }) => code),
    })
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })

  it('to rest, because too much is read: keeps the rest, says so, and reads on', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch, consumer } = supervised
    await supervised.reads()
    const members = await supervised.memberIds()
    const from = Date.now()
    await endpoint.throttle(REST_MS, { api: 'Fetch', times: 2 })
    await supervised.shows('yellow throttled SLS_THROTTLED')
    await supervised.hasMetFaults()
    await supervised.reads()
    figures('throttled', { shown: watch.since(from) })
    assert.deepEqual(
      consumer.warnings.map(({ code }) => code),
      ['SLS_THROTTLED'],
    )
    assert.deepEqual(consumer.failures, [])
    assert.deepEqual(await supervised.memberIds(), members)
    supervised.assertOnceEach()
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })

  it('what is no TLS to each new connection: reads on', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch, consumer } = supervised
    await supervised.reads()
    const members = await supervised.memberIds()
    const from = Date.now()
    await endpoint.receiveWith('nonsense')
    await endpoint.killConnections()
    await delay(MOMENT_MS)
    await endpoint.receiveWith('tls')
    await supervised.reads()
    figures('no TLS', {
      'ms to records': Date.now() - from,
      shown: watch.since(from),
      told: consumer.failures.map(({ code }) => code),
    })
    assert.deepEqual(await supervised.memberIds(), members)
    supervised.assertOnceEach()
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })

  it('that the member has expired: joins again at once', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch, consumer } = supervised
    await supervised.reads()
    const from = Date.now()
    assert.equal(await endpoint.expireMembers(GROUP), 1)
    await consumer.until('a second join', () => consumer.assignments.length >= 2)
    const joined = Date.now()
    await supervised.reads()
    figures('expired member', { 'ms to join': joined - from, shown: watch.since(from) })
    assert.deepEqual(consumer.failures, [])
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })
})
