import assert from 'node:assert/strict'
import { createTopicWith, numberedLines } from '../integration/lines'
import type { Service } from '../support/broker'
import { Resources } from '../support/resources'
import { figures } from './support/figures'
import { functionNode } from './support/nodes'
import { startRig } from './support/rig'
import { assertKept } from './support/verdict'

const LOGSTORE = 'fast'
const RECORDS = 40_000
const SHARDS = 2
/** Some commit intervals' worth, if nothing but time made the node commit. */
const KILLED_AFTER = 10_000
/** The span of records of a shard that may be in flight: the most that may come again. */
const WINDOW = 1_000

export function repeatsLittleOfAFastFlow(service: Service): void {
  describe(`kill -9 of a flow that works on thousands of records a second`, () => {
    const resources = new Resources()

    after(() => resources.end())

    it('repeats a window of each shard at most', async () => {
      const broker = await resources.started(service.start())
      await createTopicWith(broker, LOGSTORE, numberedLines(LOGSTORE, RECORDS, SHARDS))
      const rig = await startRig(resources, broker, {
        logstore: LOGSTORE,
        shards: SHARDS,
        settings: { sessionTimeout: 6_000 },
        work: (ids) => [functionNode(ids, ids.first, 'return msg', [ids.ack])],
      })
      await rig.until('work', () => rig.flow.acked.length > KILLED_AFTER)
      await rig.kill()
      await rig.restart()
      await rig.hasFinished(RECORDS)
      assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

      const { repeated, commits } = await assertKept(broker, [rig.flow])
      figures('kill -9 of a fast flow', { 'repeated by shard': [...repeated].join(' '), commits })
      for (const [shard, count] of repeated) {
        assert.ok(count <= WINDOW, `shard ${shard}: ${count} repeated`)
      }
    })
  })
}
