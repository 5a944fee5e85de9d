import assert from 'node:assert/strict'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

const LOGSTORE = 'access-log'
const GROUP = 'node-red'
/** Longer than the test: the fetch is never answered. */
const FETCH_MS = 600_000

describe('kafka: a stop while a fetch is under way', () => {
  let endpoint: RunningEmulator

  beforeEach(async () => {
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: 1 } })
  })

  afterEach(() => endpoint.stop())

  it('commits what was sent and leaves, before the fetch is answered', async () => {
    const settings = { logstore: LOGSTORE, group: GROUP, startFrom: 'earliest' }
    const consumer = new RunningConsumer(endpoint, settings).start()
    await consumer.untilJoined()
    await endpoint.append(LOGSTORE, ['a'])
    await consumer.untilMessages(1)
    await endpoint.delayRequests(FETCH_MS, { api: 'Fetch' })
    while ((await endpoint.state()).faults.some(({ timesApplied }) => timesApplied === 0));
    await consumer.close()

    const { groups, requests, faults } = await endpoint.state()
    assert.equal(faults[0]?.timesApplied, 1, 'fetches that were never answered')
    assert.equal(requests['LeaveGroup'], 1)
    const group = groups.find(({ id }) => id === GROUP)
    assert.deepEqual(group?.members, [])
    const next = BigInt(consumer.messages[0]?.offset ?? 0) + 1n
    assert.equal(group.offsets[0]?.offset, String(next))
  })
})
