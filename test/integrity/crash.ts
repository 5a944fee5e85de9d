import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createTopicWith, numberedLines } from '../integration/lines'
import { startWriter } from '../integration/writer'
import type { Broker, Service } from '../../tools/shared/broker'
import { figures } from './support/figures'
import type { FlowSetup } from '../../tools/shared/integrity/flow'
import { laterNode, rateLimitNode } from '../../tools/shared/integrity/nodes'
import { startRig, type Rig } from '../../tools/shared/integrity/rig'
import { assertIntegrity, total } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const RECORDS = 500
const SHARDS = 2
/** So that the group soon forgets a process that was killed; the shortest that services take. */
const SESSION_TIMEOUT_MS = 6_000
const COMMIT_INTERVAL_MS = 1_000

export interface CrashTimes {
  /** How long the records take in the flow, in all. */
  readonly flowMs: number
  /** When the process ends; well before that. */
  readonly endMs: number
}

export const ENDS = {
  'kill -9': (rig: Rig): Promise<unknown> => rig.kill(),
  SIGTERM: async (rig: Rig): Promise<unknown> => {
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
    return
  },
} as const

/** The flow of each kind that people build to do slow work. */
function slowFlows({ flowMs }: CrashTimes): FlowSetup[] {
  const settings = { commitInterval: COMMIT_INTERVAL_MS, sessionTimeout: SESSION_TIMEOUT_MS }
  return [
    {
      tab: 'all-at-once',
      logstore: 'all-at-once',
      shards: SHARDS,
      settings: { ...settings, maxInFlight: RECORDS },
      work: (ids) => [laterNode(ids, ids.first, flowMs, [ids.ack])],
    },
    {
      tab: 'one-by-one',
      logstore: 'one-by-one',
      shards: SHARDS,
      settings,
      work: (ids) => [rateLimitNode(ids, ids.first, flowMs / RECORDS, [ids.ack])],
    },
  ]
}

export function survivesTheEndOfItsProcess(
  service: Service,
  end: keyof typeof ENDS,
  times: CrashTimes,
): void {
  const { flowMs, endMs } = times

  describe(`${RECORDS} records in a ${flowMs / 1000} s flow and ${end} after ${endMs / 1000} s`, () => {
    const resources = endedAfterAll()
    let broker: Broker

    before(async () => {
      broker = await resources.started(service.start())
    })

    it('with onAck: none committed that was not processed, and all are processed in the end', async () => {
      const setups = slowFlows(times)
      for (const { logstore } of setups) {
        await createTopicWith(broker, logstore, numberedLines(logstore, RECORDS, SHARDS))
      }
      const rig = await startRig(resources, broker, ...setups)
      await rig.reads()
      await delay(endMs)
      await ENDS[end](rig)

      for (const flow of rig.flows) {
        const { finished } = await assertIntegrity(broker, [flow], { isComplete: false })
        assert.ok(finished < RECORDS, `${flow.tab} was in the middle of its work`)
      }
      const [, oneByOne] = rig.flows
      const early = await broker.commits('one-by-one', 'one-by-one')
      assert.ok((oneByOne?.finished.size ?? 0) > 0 && early.length > 0, 'something was committed')
      const processed = rig.flows.map(({ finished }) => finished.size)

      await rig.restart()
      await rig.hasCommitted(rig.flows.length * RECORDS)
      assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
      for (const [index, flow] of rig.flows.entries()) {
        const totals = await assertIntegrity(broker, [flow])
        figures(`${end}, onAck, ${flow.tab}`, {
          'processed before': processed[index],
          'committed but unprocessed': totals.violations,
          'processed after the restart': totals.finished,
          repeated: total(totals.repeated),
          commits: totals.commits,
        })
      }
    })
  })
}

/** A flow that keeps up, which is what `onSend` is for. */
const KEEPING_UP_MS = 1_000

export function losesNothingWhereTheFlowKeepsUp(
  service: Service,
  end: keyof typeof ENDS,
  endMs: number,
): void {
  describe(`a ${KEEPING_UP_MS / 1000} s flow and ${end} after ${endMs / 1000} s`, () => {
    const resources = endedAfterAll()

    it('with onSend: none committed that was not processed, and all are processed in the end', async () => {
      const logstore = 'on-send'
      const broker = await resources.started(service.start())
      await createTopicWith(broker, logstore, numberedLines(logstore, RECORDS, SHARDS))
      const rig = await startRig(resources, broker, {
        logstore,
        shards: SHARDS,
        settings: { commit: 'onSend', sessionTimeout: SESSION_TIMEOUT_MS },
        work: (ids) => [laterNode(ids, ids.first, KEEPING_UP_MS, [ids.ack])],
      })
      await rig.reads()
      // An orderly end commits what was sent, whether or not the flow is through with it; only a crash
      // is met while records keep coming.
      const writer = end === 'kill -9' ? startWriter(broker, logstore, SHARDS) : null
      await delay(endMs)
      await ENDS[end](rig)
      const written = RECORDS + ((await writer?.stop())?.flat().length ?? 0)
      const { finished: processed } = await assertIntegrity(broker, [rig.flow], {
        isComplete: false,
      })

      await rig.restart()
      await rig.hasFinished(written)
      assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
      const totals = await assertIntegrity(broker, [rig.flow])
      assert.ok(totals.commits > 0, 'something was committed')
      figures(`${end}, onSend`, {
        'processed before': processed,
        'committed but unprocessed': totals.violations,
        'processed after the restart': totals.finished,
        repeated: total(totals.repeated),
      })
    })
  })
}
