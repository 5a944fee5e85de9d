import assert from 'node:assert/strict'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { GROUP, Supervised } from '../support/supervised'

/** Each for two requests of each of these APIs. */
const REFUSALS = [
  ['NOT_COORDINATOR', ['Heartbeat', 'OffsetCommit', 'JoinGroup']],
  ['COORDINATOR_NOT_AVAILABLE', ['Heartbeat', 'OffsetCommit', 'JoinGroup']],
  ['COORDINATOR_LOAD_IN_PROGRESS', ['Heartbeat', 'OffsetCommit', 'JoinGroup', 'SyncGroup']],
  ['REBALANCE_IN_PROGRESS', ['Heartbeat', 'OffsetCommit', 'SyncGroup']],
  ['UNKNOWN_SERVER_ERROR', ['Heartbeat', 'OffsetCommit', 'JoinGroup']],
  ['UNKNOWN_SERVER_ERROR', ['Fetch']],
  ['REQUEST_TIMED_OUT', ['Fetch', 'Heartbeat']],
  ['TOPIC_AUTHORIZATION_FAILED', ['Fetch', 'OffsetCommit']],
  ['GROUP_AUTHORIZATION_FAILED', ['Heartbeat', 'OffsetCommit', 'JoinGroup']],
] as const

const RECORDS_WITHIN_MS = 30_000

describe('supervision: refusals for a moment', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('of the coordinator, of the service as a whole, of a right: reads on', async () => {
    const all = await Promise.all(
      REFUSALS.map(async (refusal) => ({
        refusal,
        supervised: await Supervised.start(resources, { commitInterval: 500 }),
      })),
    )
    const results = await Promise.allSettled(
      all.map(async ({ refusal: [error, apis], supervised }) => {
        const { endpoint, consumer, watch } = supervised
        await supervised.reads()
        const from = Date.now()
        for (const api of apis) await endpoint.failRequests(error, { api, times: 2 })
        await supervised.write(40)
        if (apis.some((api) => api === 'JoinGroup' || api === 'SyncGroup')) {
          await endpoint.expireMembers(GROUP)
        }
        await supervised.hasMetFaults()
        const met = Date.now()
        await supervised.reads(RECORDS_WITHIN_MS)
        figures(`${error} to ${apis.join(', ')}`, {
          'ms to records': Date.now() - met,
          shown: watch.since(from),
          told: consumer.failures.map(({ code }) => code),
          repeated: consumer.payloads.length - 120,
        })
        await supervised.assertNothingDoubled()
      }),
    )
    const failed = results.flatMap((result, index) =>
      result.status === 'rejected'
        ? [`${REFUSALS[index]?.join(' ')}: ${String(result.reason)}`]
        : [],
    )
    assert.deepEqual(failed, [])
    await Promise.all(all.map(({ supervised }) => supervised.end()))
    await all[0]?.supervised.assertLeavesNothing()
  })
})
