import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningEmulator } from '../../support/emulator'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { inFull } from '../support/full'
import { GROUP, Supervised } from '../support/supervised'

/** Longer than what is bridged without a word, 10 s. */
const REFUSED_MS = 13_000
/** The kinds that people meet when a service moves, restarts or is busy. */
const REFUSALS = [
  ['FindCoordinator', 'COORDINATOR_NOT_AVAILABLE'],
  ['FindCoordinator', 'COORDINATOR_LOAD_IN_PROGRESS'],
  ['JoinGroup', 'COORDINATOR_LOAD_IN_PROGRESS'],
  ['JoinGroup', 'COORDINATOR_NOT_AVAILABLE'],
  ['JoinGroup', 'NOT_COORDINATOR'],
  ['JoinGroup', 'UNKNOWN_SERVER_ERROR'],
  ['SyncGroup', 'UNKNOWN_SERVER_ERROR'],
] as const

/** Two looks of the second connection, 5 s apart, after 5 s; and a new connection. */
const FOUND_WITHIN_MS = 25_000
/** The second connection is closed by then. */
const LOOK_MS = 5_500
const GATHERING_MS = inFull(30_000, 12_000)

describe('supervision: a join', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('that is refused for long: never green, says so once, and joins when it can', async () => {
    const all = await Promise.all(
      REFUSALS.map(async (refusal) => ({ refusal, supervised: await Supervised.start(resources) })),
    )
    await Promise.all(
      all.map(async ({ refusal: [api, error], supervised }) => {
        const { endpoint, watch, consumer } = supervised
        await supervised.reads()
        const from = Date.now()
        await endpoint.failRequests(error, { api })
        // As a coordinator that has moved: it is looked for again.
        if (api === 'FindCoordinator') {
          await endpoint.failRequests('NOT_COORDINATOR', { api: 'Heartbeat', times: 1 })
        } else await endpoint.expireMembers(GROUP)
        await supervised.shows(/SLS_SERVICE_ERROR$/)
        await consumer.until('the failure to be told', () => consumer.failures.length > 0)
        await delay(Math.max(0, from + REFUSED_MS - Date.now()))
        const shown = watch.since(from)
        const cleared = Date.now()
        await endpoint.clearFaults()
        await supervised.reads(40_000)
        figures(`${api} refused with ${error}`, {
          shown,
          'ms to records': Date.now() - cleared,
        })
        assert.equal(shown.at(-1)?.endsWith('SLS_SERVICE_ERROR'), true, shown.join())
        supervised.assertTold(['SLS_SERVICE_ERROR'])
        await supervised.assertNothingDoubled()
      }),
    )
    await Promise.all(all.map(({ supervised }) => supervised.end()))
    await all[0]?.supervised.assertLeavesNothing()
  })

  it('whose connection is closed each time: says so', async () => {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch } = supervised
    await supervised.reads()
    const from = Date.now()
    await endpoint.closeOnRequests({ api: 'JoinGroup' })
    await endpoint.expireMembers(GROUP)
    await supervised.shows('yellow reconnecting SLS_UNREACHABLE')
    await delay(5_000)
    const shown = watch.since(from)
    await endpoint.clearFaults()
    await supervised.reads()
    figures('closed joins', { shown })
    assert.deepEqual(shown, ['green', 'yellow reconnecting SLS_UNREACHABLE'])
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })

  for (const api of ['JoinGroup', 'SyncGroup']) {
    it(`whose connection is half-open at ${api}: found by a second one`, () =>
      halfOpen((endpoint) => endpoint.freezeRequests({ api, times: 1 })))

    it(`of which the answer to ${api} is lost: found by a second one`, () =>
      halfOpen((endpoint) => endpoint.dropAnswers({ api, times: 1 })))
  }

  async function halfOpen(fail: (endpoint: RunningEmulator) => Promise<void>): Promise<void> {
    const supervised = await Supervised.start(resources)
    const { endpoint, watch } = supervised
    await supervised.reads()
    await fail(endpoint)
    const from = Date.now()
    await endpoint.expireMembers(GROUP)
    await supervised.hasMetFaults()
    const met = Date.now()
    await supervised.reads(FOUND_WITHIN_MS)
    figures('half-open join', { 'ms to records': Date.now() - met, shown: watch.since(from) })
    await endpoint.clearFaults()
    await delay(LOOK_MS)
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  }

  it(`that waits ${GATHERING_MS / 1000} s for others: says how long, and is left alone`, async () => {
    const flags = ['--rebalance-delay', String(GATHERING_MS)]
    const supervised = await Supervised.start(resources, {}, { flags })
    const { endpoint, watch, consumer } = supervised
    await supervised.shows('yellow 10/≤130 s')
    const { connections } = await endpoint.state()
    await supervised.reads(GATHERING_MS + 10_000)
    const shown = watch.since(0)
    figures('a join that waits', { shown, connections: connections.total })
    assert.deepEqual(shown.slice(0, 3), [
      'yellow connecting',
      'yellow 5/≤130 s',
      'yellow 10/≤130 s',
    ])
    assert.equal(consumer.clientIds.length, 1)
    assert.deepEqual(consumer.failures, [])
    await delay(LOOK_MS)
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })
})
