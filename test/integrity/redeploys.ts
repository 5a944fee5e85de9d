import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { startWriter } from '../integration/writer'
import type { Service } from '../../tools/shared/broker'
import type { DeployType } from '../../tools/shared/node-red'
import { figures } from './support/figures'
import { laterNode } from '../../tools/shared/integrity/nodes'
import { startRig } from '../../tools/shared/integrity/rig'
import { assertIntegrity, repeatsOf } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'redeployed'
const SHARDS = 4
const FLOW_MS = 300
const MAX_IN_FLIGHT = 100
/** The work between the nodes goes on while `nodes` restarts the `sls-kafka-in` alone. */
const TYPES: readonly DeployType[] = ['full', 'nodes', 'flows']

/** @param rounds redeploys of each type */
export function redeploysLoseNothing(service: Service, rounds: number): void {
  describe(`${rounds} redeploys of each type while records flow`, () => {
    const resources = endedAfterAll()

    it('lose nothing, and repeat no more than was in the flow', async () => {
      const broker = await resources.started(service.start())
      await broker.createTopic(LOGSTORE, SHARDS)
      const rig = await startRig(resources, broker, {
        logstore: LOGSTORE,
        shards: SHARDS,
        settings: { commitInterval: 1_000, maxInFlight: MAX_IN_FLIGHT },
        work: (ids) => [laterNode(ids, ids.first, FLOW_MS, [ids.ack])],
      })
      await rig.reads()
      const writer = startWriter(broker, LOGSTORE, SHARDS)
      resources.onEnd(() => writer.stop())

      const repeats: Partial<Record<DeployType, number[]>> = {}
      let before = new Map<number, number>()
      for (const type of TYPES) {
        for (let round = 0; round < rounds; round++) {
          const finished = rig.flow.finished.size
          await rig.until('work', () => rig.flow.finished.size > finished + 20)
          // At a moment that is no round number of anything.
          await delay(37 * (round + 1))
          await rig.redeploy(type)
          await rig.reads()
          await delay(2 * FLOW_MS)
          const after = repeatsOf([rig.flow])
          const ofShards = [...after].map(([shard, count]) => count - (before.get(shard) ?? 0))
          ;(repeats[type] ??= []).push(...ofShards)
          before = after
        }
      }
      const written = (await writer.stop()).flat().length
      await rig.hasFinished(written)
      assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

      const { finished, commits } = await assertIntegrity(broker, [rig.flow])
      figures(`${rounds} redeploys of each type`, {
        written,
        lost: written - finished,
        'most repeated of a shard at once': Object.fromEntries(
          TYPES.map((type) => [type, Math.max(0, ...(repeats[type] ?? []))]),
        ),
        commits,
      })
      for (const type of TYPES) {
        for (const count of repeats[type] ?? []) {
          assert.ok(count <= MAX_IN_FLIGHT, `${count} repeated of one shard by ${type}`)
        }
      }
      const byNodes = (repeats.nodes ?? []).filter((count) => count > 0)
      assert.deepEqual(byNodes, [], 'repeated although the flow went on and was waited for')
    })
  })
}
