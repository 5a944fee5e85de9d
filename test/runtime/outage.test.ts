import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { assertReceived, joined, numberedLines, produceAll } from '../integration/lines'
import { brokerOf, type Broker } from '../support/broker'
import { startEmulator, type GroupStateReport, type RunningEmulator } from '../support/emulator'
import { Reader } from '../support/reader'
import { Resources } from '../support/resources'

const TOPIC = 'outage-log'
const GROUP = 'node-red'
const PARTITIONS = 4
const RECORDS = 100
/** Far less than the session time-out, so that the group waits for its member. */
const OUTAGE_MS = 5_000

describe('an outage of the service while records are read', () => {
  const resources = new Resources()
  const before = numberedLines('before', RECORDS, PARTITIONS)
  const during = numberedLines('during', RECORDS, PARTITIONS)
  let endpoint: RunningEmulator
  let broker: Broker
  let reader: Reader

  beforeEach(async () => {
    endpoint = await resources.started(startEmulator({ logstores: { [TOPIC]: PARTITIONS } }))
    broker = brokerOf(endpoint)
    reader = await Reader.start(resources, broker)
    await reader.deploy({ logstore: TOPIC, group: GROUP, startFrom: 'earliest' })
    await reader.reads(PARTITIONS)
    await produceAll(broker, TOPIC, before)
    await reader.hasReceived(RECORDS)
  })

  afterEach(() => resources.end())

  it(`of ${OUTAGE_MS / 1000} s costs neither a record nor the membership`, async () => {
    const membership = await membershipIn(endpoint)
    await endpoint.close()
    await reader.shows('reconnecting')
    await produceAll(broker, TOPIC, during)
    await delay(OUTAGE_MS)
    await endpoint.open()
    await reader.hasReceived(2 * RECORDS)
    assert.deepEqual(await membershipIn(endpoint), membership)
    await assertEndsWell()
  })

  it('that drops all connections costs neither a record nor the membership', async () => {
    const membership = await membershipIn(endpoint)
    assert.ok((await endpoint.killConnections()) > 0)
    await produceAll(broker, TOPIC, during)
    await reader.hasReceived(2 * RECORDS)
    assert.deepEqual(await membershipIn(endpoint), membership)
    await assertEndsWell()
  })

  async function assertEndsWell(): Promise<void> {
    assert.equal(await reader.stop(), 0, 'exit code of Node-RED')
    assertReceived(reader, joined(before, during))
    assert.deepEqual(await broker.committed(GROUP, TOPIC), await broker.endOffsets(TOPIC))
    assert.deepEqual(await broker.members(GROUP), [])
  }
})

/** Who is a member, and since which rebalance. */
async function membershipIn(
  endpoint: RunningEmulator,
): Promise<Pick<GroupStateReport, 'generation' | 'members'>> {
  const { groups } = await endpoint.state()
  const group = groups.find(({ id }) => id === GROUP)
  assert.ok(group, `no group ${GROUP}`)
  return { generation: group.generation, members: group.members }
}
