import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { newClientId } from '../../../lib/kafka/incarnation'
import { createTopicWith, numberedLines } from '../../integration/lines'
import { brokerOf } from '../../support/broker'
import { startEmulator } from '../../support/emulator'
import { Resources } from '../../support/resources'
import { RunningConsumer } from '../../support/running-consumer'
import { figures } from '../support/figures'
import { laterNode } from '../support/nodes'
import { startRig } from '../support/rig'
import { GROUP, LOGSTORE, SHARDS, Supervised } from '../support/supervised'

/** Wanted are 5 s, beside the start of Node-RED; a ghost would cost the session time-out, 120 s. */
const READS_WITHIN_MS = 10_000
/** A new group waits so long for more members, and as long again if one has come. */
const GATHERING_MS = 3_000

describe('supervision: a start after a bad end', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('by kill -9: reads at once, with the session time-out of 120 s', async () => {
    const endpoint = await resources.started(startEmulator({ logstores: { [LOGSTORE]: SHARDS } }))
    const broker = brokerOf(endpoint)
    await createTopicWith(broker, 'work', numberedLines('work', 400, SHARDS))
    const rig = await startRig(resources, broker, {
      logstore: 'work',
      shards: SHARDS,
      work: (ids) => [laterNode(ids, ids.first, 1_000, [ids.ack])],
    })
    await rig.reads()
    await rig.until('work', () => rig.flow.records.length > 0)
    await rig.kill()
    assert.equal((await broker.members('work')).length, 1, 'a ghost')
    const before = rig.flow.records.length
    await rig.restart()
    const started = Date.now()
    await rig.until('records', () => rig.flow.records.length > before)
    const records = Date.now() - started
    await rig.reads()
    figures('kill -9', { 'ms to records': records, 'ms to all shards': Date.now() - started })
    assert.ok(Date.now() - started < READS_WITHIN_MS)
  })

  it('by a close while it joins: the successor owns all shards', async () => {
    const flags = ['--rebalance-delay', String(GATHERING_MS)]
    const supervised = await Supervised.start(resources, {}, { flags })
    const { endpoint, consumer } = supervised
    await consumer.untilState('joining')
    const joining = Date.now()
    await delay(1_000)
    const closing = Date.now()
    await consumer.close()
    const closed = Date.now()
    assert.deepEqual(await supervised.memberIds(), [])
    const settings = { logstore: LOGSTORE, group: GROUP, startFrom: 'earliest' }
    const successor = new RunningConsumer(endpoint, settings, () => newClientId('next')).start()
    resources.onEnd(() => successor.close())
    await successor.untilJoined()
    figures('close while joining', {
      'ms to the end': closed - closing,
      'ms to all shards': Date.now() - closed,
      'of which the service waits': joining + 2 * GATHERING_MS - closed,
    })
    assert.equal(successor.shards, SHARDS)
    assert.ok(Date.now() - closed < READS_WITHIN_MS)
  })
})
