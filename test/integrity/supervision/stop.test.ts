import assert from 'node:assert/strict'
import { createTopicWith, numberedLines } from '../../integration/lines'
import { brokerOf } from '../../support/broker'
import { startEmulator } from '../../support/emulator'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { laterNode } from '../support/nodes'
import { startRig } from '../support/rig'
import { LOGSTORE, SHARDS, Supervised } from '../support/supervised'

/** Between SIGTERM and SIGKILL of `docker stop`. */
const STOP_WITHIN_MS = 10_000
/** Wanted are 5 s. */
const READS_WITHIN_MS = 10_000
const FLOW_MS = 3_000

describe('supervision: a stop as by docker', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('leaves the group in time, with records in the flow, and the next start joins at once', async () => {
    const endpoint = await resources.started(startEmulator({ logstores: { [LOGSTORE]: SHARDS } }))
    const broker = brokerOf(endpoint)
    await createTopicWith(broker, 'work', numberedLines('work', 400, SHARDS))
    const rig = await startRig(resources, broker, {
      logstore: 'work',
      shards: SHARDS,
      work: (ids) => [laterNode(ids, ids.first, FLOW_MS, [ids.ack])],
    })
    await rig.reads()
    await rig.until('work', () => rig.flow.records.length > 0)
    const signalled = Date.now()
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
    const stopped = Date.now()
    assert.deepEqual(await broker.members('work'), [])
    await rig.restart()
    const started = Date.now()
    await rig.reads()
    const read = Date.now()
    figures('docker stop', { 'ms to the end': stopped - signalled, 'ms to shards': read - started })
    assert.ok(stopped - signalled < STOP_WITHIN_MS)
    assert.ok(read - started < READS_WITHIN_MS)
  })

  for (const [what, fail] of [
    ['is gone', 'close'],
    ['no longer answers', 'freezeConnections'],
  ] as const) {
    it(`ends in time while the service ${what}, and leaves no socket or timer`, async () => {
      const supervised = await Supervised.start(resources)
      await supervised.reads()
      await supervised.endpoint[fail]()
      const from = Date.now()
      await supervised.consumer.close()
      figures(`a stop while the service ${what}`, { 'ms to the end': Date.now() - from })
      assert.ok(Date.now() - from < STOP_WITHIN_MS)
      await supervised.endpoint.clearFaults()
      await supervised.assertFreesEverything()
    })
  }
})
