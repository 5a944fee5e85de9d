import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createTopicWith, numberedLines } from '../integration/lines'
import type { Broker } from '../../tools/shared/broker'
import { emulatorService } from '../../tools/shared/broker'
import { figures, megabytes } from './support/figures'
import { mostInFlight } from './support/in-flight'
import { laterNode } from '../../tools/shared/integrity/nodes'
import { startRig } from '../../tools/shared/integrity/rig'
import { assertIntegrity } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const RECORDS = 8_000
const RECORD_BYTES = 1_024
const SHARDS = 4
/** The default of `maxInFlight`. */
const MAX_IN_FLIGHT = 100
/** Long enough for all records to be sent, if nothing held them back. */
const WATCH_MS = 15_000

/** How long each flow takes for a record: one passes none while the test runs, one some. */
const FLOWS_MS = { 'a-minute': 60_000, 'two-seconds': 2_000 }

describe(`${RECORDS} records of ${RECORD_BYTES} bytes into a slow flow`, () => {
  const resources = endedAfterAll()
  let broker: Broker

  before(async () => {
    broker = await resources.started(emulatorService.start())
  })

  it(`has no more than maxInFlight, ${MAX_IN_FLIGHT} by default, in the flow at any moment`, async () => {
    for (const logstore of Object.keys(FLOWS_MS)) {
      const lines = numberedLines(logstore, RECORDS, SHARDS)
      await createTopicWith(
        broker,
        logstore,
        lines.map((part) => part.map((line) => line.padEnd(RECORD_BYTES, '.'))),
      )
    }
    const rig = await startRig(
      resources,
      broker,
      ...Object.entries(FLOWS_MS).map(([tab, ms]) => ({
        tab,
        logstore: tab,
        shards: SHARDS,
        settings: { commitInterval: 1_000 },
        work: (ids: Parameters<typeof laterNode>[0]) => [laterNode(ids, ids.first, ms, [ids.ack])],
      })),
    )
    await rig.reads()
    const memory: number[] = [(await rig.memory()).rss]
    await rig.until('full windows', () =>
      rig.flows.every(({ records }) => records.length >= MAX_IN_FLIGHT),
    )
    await delay(WATCH_MS)
    memory.push((await rig.memory()).rss)

    for (const flow of rig.flows) {
      const most = mostInFlight(flow)
      figures(`8,000 records, ${flow.tab} in the flow`, {
        sent: flow.records.length,
        finished: flow.finished.size,
        'most in flight': most,
        RSS: memory.map(megabytes).join(' to '),
      })
      assert.equal(most, MAX_IN_FLIGHT)
      await assertIntegrity(broker, [flow], { isComplete: false })
    }
    const [minute, seconds] = rig.flows
    assert.equal(minute?.records.length, MAX_IN_FLIGHT, 'nothing more was sent')
    const rounds = (seconds?.finished.size ?? 0) / MAX_IN_FLIGHT
    assert.ok(rounds >= (0.5 * WATCH_MS) / 2_000, `only ${rounds} windows were worked off`)
  })
})
