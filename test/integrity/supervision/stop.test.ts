import assert from 'node:assert/strict'
import { createTopicWith, numberedLines } from '../../integration/lines'
import { brokerOf } from '../../../tools/shared/broker'
import { startEmulator } from '../../../tools/emulator/process'
import { figures } from '../support/figures'
import { laterNode } from '../../../tools/shared/integrity/nodes'
import { startRig } from '../../../tools/shared/integrity/rig'
import { SHARDS } from '../support/supervised-rig'
import { endedAfterEach } from '../../support/suite'

/** Between SIGTERM and SIGKILL of `docker stop`. */
const STOP_WITHIN_MS = 10_000
/** Wanted are 5 s. */
const READS_WITHIN_MS = 10_000
const FLOW_MS = 3_000

describe('a Node-RED that docker stops', function () {
  this.timeout(120_000)
  const resources = endedAfterEach()

  it('leaves the group before SIGKILL, with records in the flow, and joins at once when it starts again', async () => {
    const emulator = await resources.started(startEmulator())
    const broker = brokerOf(emulator)
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
})
