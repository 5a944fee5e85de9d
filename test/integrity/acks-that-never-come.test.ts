import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createTopicWith, numberedLines } from '../integration/lines'
import { emulatorService } from '../../tools/shared/broker'
import type { FlowNode } from '../../tools/shared/node-red'
import { figures } from './support/figures'
import type { FlowSetup, Ids, TestedFlow } from '../../tools/shared/integrity/flow'
import { mostInFlight } from './support/in-flight'
import { rateLimitNode } from '../../tools/shared/integrity/nodes'
import { startRig } from '../../tools/shared/integrity/rig'
import { assertIntegrity, total } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const RECORDS = 1_000
const SHARDS = 2
const MAX_IN_FLIGHT = 100
/** After this long without an outcome the node warns. */
const WARNS_AFTER_MS = 60_000
/** And then not once more. */
const SILENCE_MS = 10_000

/** Passes every second record on and forgets the others. */
function switchWithoutOtherwise({ onTab, first, id, ack }: Ids): FlowNode[] {
  return [
    {
      ...onTab,
      id: first,
      type: 'function',
      func: "msg.isOdd = Number(msg.payload.split(' ')[1]) % 4 >= 2; return msg",
      outputs: 1,
      libs: [],
      wires: [[id('switch')]],
    },
    {
      ...onTab,
      id: id('switch'),
      type: 'switch',
      property: 'isOdd',
      propertyType: 'msg',
      rules: [{ t: 'true' }],
      checkall: 'true',
      repair: false,
      outputs: 1,
      wires: [[ack]],
    },
  ]
}

/** Waits for more records than it can ever get. */
function joinOf500({ onTab, first, ack }: Ids): FlowNode[] {
  const join = {
    mode: 'custom',
    build: 'array',
    property: 'payload',
    propertyType: 'msg',
    count: '500',
    joiner: '',
    timeout: '',
    accumulate: false,
  }
  return [{ ...onTab, id: first, type: 'join', ...join, wires: [[ack]] }]
}

const FLOWS: Readonly<Record<string, FlowSetup['work']>> = {
  delay: (ids) => [rateLimitNode(ids, ids.first, 500, [ids.ack])],
  switch: switchWithoutOtherwise,
  join: joinOf500,
}

describe(`flows that keep records, with maxInFlight ${MAX_IN_FLIGHT}`, () => {
  const resources = endedAfterAll()

  it('receive no record twice, and one warning reports each flow that will never go on', async () => {
    const broker = await resources.started(emulatorService.start())
    for (const logstore of Object.keys(FLOWS)) {
      await createTopicWith(broker, logstore, numberedLines(logstore, RECORDS, SHARDS))
    }
    const rig = await startRig(
      resources,
      broker,
      ...Object.entries(FLOWS).map(([tab, work]) => ({
        tab,
        logstore: tab,
        shards: SHARDS,
        settings: { maxInFlight: MAX_IN_FLIGHT },
        work,
      })),
    )
    await rig.until('full windows', () =>
      rig.flows.every((flow) => mostInFlight(flow) === MAX_IN_FLIGHT),
    )
    const [delayed, ...stuck] = rig.flows
    const warnings = (flow: TestedFlow): string[] =>
      rig.nodeRed
        .logs()
        .filter(
          (line) =>
            line.includes('[warn]') &&
            line.includes('SLS_ACK_MISSING') &&
            line.includes(flow.id('in')),
        )
    const waits = ({ statuses }: TestedFlow): boolean =>
      statuses.at(-1)?.status?.text === 'sls-kafka-in.status.waiting-for-ack'

    await rig.until('status and warning', () => stuck.every(waits), 1.5 * WARNS_AFTER_MS)
    await delay(SILENCE_MS)
    for (const flow of rig.flows) {
      const { repeated, finished } = await assertIntegrity(broker, [flow], { isComplete: false })
      figures(`no storm, ${flow.tab}`, {
        sent: flow.records.length,
        finished,
        'sent twice': total(repeated),
        'most in flight': mostInFlight(flow),
        warnings: warnings(flow).length,
        status: flow.statuses.at(-1)?.status?.text,
      })
    }
    for (const flow of rig.flows) {
      assert.equal(flow.records.length, flow.timesSent.size, `${flow.tab}: sent twice`)
      assert.equal(mostInFlight(flow), MAX_IN_FLIGHT)
    }
    for (const flow of stuck) {
      assert.equal(warnings(flow).length, 1, `warnings of ${flow.tab}`)
      assert.ok(waits(flow), `${flow.tab} still waits`)
      assert.equal(flow.statuses.at(-1)?.status?.['code'], 'SLS_ACK_MISSING')
    }
    assert.ok(delayed)
    assert.deepEqual(warnings(delayed), [])
    assert.ok(delayed.finished.size > 0 && !delayed.statuses.some(({ status }) => status?.['code']))
  })
})
