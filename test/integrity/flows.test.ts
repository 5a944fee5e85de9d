import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createTopicWith, numberedLines } from '../integration/lines'
import { emulatorService, type Broker } from '../../tools/shared/broker'
import { startHttpService } from '../support/http-service'
import type { Settings } from '../../tools/shared/consumer-process'
import type { Resources } from '../../tools/shared/resources'
import { failing } from './flows/failing'
import type { FlowCase } from '../../tools/shared/integrity/flow-case'
import { passing } from './flows/passing'
import { sequences } from './flows/sequences'
import { stalling } from './flows/stalling'
import type { TestedFlow } from '../../tools/shared/integrity/flow'
import { startRig, type Rig } from '../../tools/shared/integrity/rig'
import { assertIntegrity } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const SHARDS = 4
const RECORDS = 200
/** Milliseconds. */
const SOON = { commitInterval: '200' }
/** Fewer than each flow that cannot work holds back. */
const WINDOW = 12
/** Milliseconds; long enough for what should not be sent or committed. */
const QUIET = 1_500

describe('flows that people build', () => {
  let url = ''
  const stored = new Set<string>()

  describe('do not lose a record, and commit none that is not done', () => {
    const cases = [...passing(), ...sequences(), ...failing(() => url, stored)]
    const running = runAll(cases, {}, async (resources) => {
      let requests = 0
      const answers = [{ status: 503, json: {} }, undefined]
      const service = await resources.started(
        startHttpService((request) => {
          if (++requests % 5 === 0) {
            return request.path === '/' ? answers[(requests / 5) % answers.length] : undefined
          }
          stored.add(request.text)
          return { status: 200, json: {} }
        }),
      )
      ;({ url } = service)
    })

    for (const flowCase of cases) {
      it(`${flowCase.name}: ${flowCase.title}`, async () => {
        const { rig, broker, flow } = running(flowCase)
        const { logstore, group } = flow
        const ends = await broker.endOffsets(logstore)
        await rig.until(`all of ${flow.tab} to be committed`, async () =>
          (await broker.committed(group, logstore)).every(
            (offset, shard) => offset === ends[shard],
          ),
        )
        const finishedToo = flowCase.finishedToo?.(flow)
        const { commits } = await assertIntegrity(broker, [flow], finishedToo && { finishedToo })
        assert.ok(commits > SHARDS, `${commits} commits`)
        flowCase.check?.(flow)
      })
    }
  })

  describe('that cannot work stop reading when the window is full', () => {
    const cases = stalling()
    const running = runAll(cases, { maxInFlight: String(WINDOW) })

    for (const flowCase of cases) {
      it(`${flowCase.name}: ${flowCase.title}`, async () => {
        const { rig, broker, flow } = running(flowCase)
        await rig.until(`a full window of ${flow.tab}`, () => inFlight(flow) === WINDOW)
        const sent = flow.records.length
        await delay(Math.max(0, QUIET - (Date.now() - (flow.records.at(-1)?.passedAt ?? 0))))
        assert.equal(inFlight(flow), WINDOW)
        assert.equal(flow.records.length, sent, 'nothing more is sent')
        assert.equal(flow.timesSent.size, sent, 'nothing is sent twice')
        await assertIntegrity(broker, [flow], { isComplete: false })
        const codes = flow.errors.map(({ error }) => error?.code)
        assert.deepEqual(codes, flowCase.told ?? [])
      })
    }
  })
})

interface Running {
  readonly rig: Rig
  readonly broker: Broker
  readonly flow: TestedFlow
}

/** All flows at once: each on a tab and with a logstore of its own, in one Node-RED process. */
function runAll(
  cases: readonly FlowCase[],
  common: Settings = {},
  prepare?: (resources: Resources) => Promise<void>,
): (flowCase: FlowCase) => Running {
  const resources = endedAfterAll()
  let rig: Rig
  let broker: Broker

  before(async () => {
    await prepare?.(resources)
    broker = await resources.started(emulatorService.start())
    for (const { name } of cases) {
      await createTopicWith(broker, name, numberedLines(name, RECORDS, SHARDS))
    }
    rig = await startRig(
      resources,
      broker,
      ...cases.map(({ name, settings, ackSettings, work, tokensOf }) => ({
        tab: name,
        logstore: name,
        shards: SHARDS,
        settings: { ...SOON, ...common, ...settings },
        work,
        ...(ackSettings && { ackSettings }),
        ...(tokensOf && { tokensOf }),
      })),
    )
  })

  return ({ name }) => {
    const flow = rig.flows.find(({ tab }) => tab === name)
    assert.ok(flow)
    return { rig, broker, flow }
  }
}

function inFlight(flow: TestedFlow): unknown {
  return flow.statuses.at(-1)?.status?.['inFlight']
}
