import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { itInFull } from '../support/full'
import { GROUP, LOGSTORE, Supervised } from '../support/supervised'

/** The third try and later ones fall beyond the grace. */
const TOLD_WITHIN_MS = 25_000

describe('supervision: requests that are refused for long', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  itInFull(
    'fetches of one shard: the others are read on, and red says so until it is read again',
    async () => {
      const supervised = await Supervised.start(resources)
      const { endpoint, watch, consumer } = supervised
      await supervised.reads()
      const from = Date.now()
      await endpoint.failRequests('KAFKA_STORAGE_ERROR', {
        api: 'Fetch',
        logstore: LOGSTORE,
        shard: 1,
      })
      for (const shard of [0, 1, 2, 3]) await supervised.write(10, shard)
      await consumer.untilMessages(40 + 30)
      const others = Date.now()
      await supervised.shows('red shard-failing SLS_SERVICE_ERROR', TOLD_WITHIN_MS)
      const told = Date.now()
      assert.deepEqual(consumer.snapshot().stoppedShards, [1])
      await endpoint.clearFaults()
      await supervised.hasAll(40_000)
      await supervised.shows('green')
      figures('one failing shard', {
        'ms to records of the others': others - from,
        'ms to red': told - from,
        'ms to its records': Date.now() - told,
        shown: watch.since(from),
      })
      supervised.assertOnceEach()
      assert.equal(consumer.assignments.length, 1)
      assert.equal(consumer.failures.length, 1, 'told once')
      await supervised.assertNothingDoubled()
      await supervised.assertLeavesNothing()
    },
  )

  itInFull('fetches of every shard alike: one error for all of them', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch, consumer } = supervised
    await supervised.reads()
    const from = Date.now()
    await endpoint.failRequests('KAFKA_STORAGE_ERROR', { api: 'Fetch' })
    await supervised.failsOnEachShard(TOLD_WITHIN_MS)
    await endpoint.clearFaults()
    await supervised.reads(40_000)
    await supervised.shows('green')
    figures('every shard fails', { shown: watch.since(from) })
    supervised.assertTold(['SLS_SERVICE_ERROR'])
    supervised.assertOnceEach()
    assert.equal(consumer.assignments.length, 1)
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })

  itInFull(
    'fetches for want of a right, though it may join: no login and no join every other second',
    async () => {
      const supervised = await Supervised.start(resources)
      const { endpoint, watch, consumer } = supervised
      await supervised.reads()
      const from = Date.now()
      await endpoint.failRequests('TOPIC_AUTHORIZATION_FAILED', { api: 'Fetch' })
      const before = await endpoint.state()
      await delay(12_000)
      const after = await endpoint.state()
      const shown = watch.since(from)
      const joins = (after.requests['JoinGroup'] ?? 0) - (before.requests['JoinGroup'] ?? 0)
      const cleared = Date.now()
      await endpoint.clearFaults()
      await supervised.write(40)
      await supervised.hasAll(40_000)
      await supervised.shows('green')
      figures('fetches not allowed', {
        joins,
        shown,
        'ms to records': Date.now() - cleared,
        told: consumer.failures.map(({ code }) => code),
      })
      // Two for each join: the service asks for the member id that it has given.
      assert.ok(joins <= 6, `${joins} joins`)
      assert.deepEqual(shown, ['green', 'red access-key-refused SLS_AUTH_FAILED'])
      assert.deepEqual(
        consumer.failures.map(({ code }) => code),
        ['SLS_AUTH_FAILED'],
      )
      await supervised.assertNothingDoubled()
      await supervised.assertLeavesNothing()
    },
  )

  itInFull('joins, and then everything: says so, and joins when it can', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch, consumer } = supervised
    await supervised.reads()
    const from = Date.now()
    await endpoint.failRequests('COORDINATOR_NOT_AVAILABLE', { api: 'JoinGroup' })
    await endpoint.expireMembers(GROUP)
    await supervised.shows('yellow reconnecting SLS_SERVICE_ERROR')
    await endpoint.close()
    await supervised.shows('yellow reconnecting SLS_UNREACHABLE')
    await consumer.until('the failure to be told', () => consumer.failures.length > 0)
    await endpoint.open()
    const shown = watch.since(from)
    await endpoint.clearFaults()
    await supervised.reads()
    figures('gone while joining', { shown, told: consumer.failures.map(({ code }) => code) })
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })
})
