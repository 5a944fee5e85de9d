import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConsumerHealth, Health } from '../../lib/monitoring/health'
import { numberedLines, produceAll } from '../integration/lines'
import type { FlowSetup, TestedFlow } from '../../tools/shared/integrity/flow'
import { functionNode } from '../../tools/shared/integrity/nodes'
import { Rig } from '../../tools/shared/integrity/rig'
import { brokerOf, type Broker } from '../../tools/shared/broker'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { setClockShift, shiftedBy } from './support/shifted-clock'
import { endedAfterEach } from '../support/suite'

const HOUR_MS = 3_600_000
/** What two clocks of this test may differ by, for all delays of a loaded machine. */
const TOLERANCE_MS = 60_000
const SHARDS = 2
/** Records of each logstore before the shift, and again after it. */
const RECORDS = 40
const MAX_RATE = 10
/** Long enough for the shift to fall into it. */
const WAIT_MS = 3_000
/** Three heartbeats, and so more than the session timeout. */
const HEARTBEATS = 3
const SETTINGS = { sessionTimeout: 8_000, commitInterval: 500 }

const passOn: FlowSetup['work'] = (ids) => [functionNode(ids, ids.first, 'return msg', [ids.ack])]
const failOnce: FlowSetup['work'] = (ids) => {
  const code = 'return msg.kafka.attempt === 1 ? [null, msg] : [msg, null]'
  return [functionNode(ids, ids.first, code, [ids.ack], [ids.nack])]
}

const SETUPS: readonly FlowSetup[] = [
  setup('plain', { commit: 'onSend' }, passOn),
  setup('acked', { commit: 'onAck', retryDelay: WAIT_MS }, failOnce),
  setup('limited', { commit: 'onSend', maxRate: MAX_RATE }, passOn),
  setup(
    'batched',
    { commit: 'onSend', emit: 'batch', batchSize: 1_000, batchWait: WAIT_MS },
    passOn,
  ),
]

describe('the clock of the machine', () => {
  const resources = endedAfterEach()
  let emulator: RunningEmulator
  let broker: Broker
  let rig: Rig
  let shiftFile: string

  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clock-'))
    resources.onEnd(() => rm(folder, { recursive: true, force: true }))
    shiftFile = join(folder, 'shift')
    setClockShift(shiftFile, 0)
    const logstores = Object.fromEntries(SETUPS.map(({ logstore }) => [logstore, SHARDS]))
    emulator = await resources.started(startEmulator({ logstores }))
    broker = brokerOf(emulator)
    rig = await Rig.start(resources, broker, SETUPS, {
      env: shiftedBy(shiftFile),
      settings: { slsKafka: { health: true } },
    })
    await rig.reads()
  })

  it('can be put back by an hour while records are read', () => goesOnWith(-HOUR_MS))

  it('can be put forward by an hour while records are read', () => goesOnWith(HOUR_MS))

  async function goesOnWith(shiftMs: number): Promise<void> {
    const memberships = await membershipsNow()
    await write('before')
    await rig.until('a failed attempt', () => flow('acked').nacked.length > 0)
    const statusesBefore = rig.flows.map(({ statuses }) => statuses.length)
    setClockShift(shiftFile, shiftMs)

    await rig.hasCommitted(SETUPS.length * RECORDS)
    await heartbeatsGoOn()
    await rig.until('rates of 0', async () => (await health()).every(({ rate }) => rate === 0))
    assert.deepEqual(await membershipsNow(), memberships, 'members and generations')

    await write('after')
    await rig.hasCommitted(2 * SETUPS.length * RECORDS)
    for (const { tab, rate } of await health()) assert.ok(rate > 0, `rate of ${tab}: ${rate}`)
    await rig.until('nothing in flight', async () =>
      (await health()).every(({ inFlight }) => inFlight === 0),
    )
    assert.deepEqual(await membershipsNow(), memberships, 'members and generations at the end')
    assertClockIsShifted(shiftMs)
    for (const one of rig.flows) assertSentAsOftenAsWanted(one)
    assertRateIsKept()
    rig.flows.forEach((one, index) => {
      assertStatusIsTrue(one, statusesBefore[index] ?? 0)
    })
    for (const one of await health()) assertHealthIsTrue(one, shiftMs)
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
  }

  function flow(tab: string): TestedFlow {
    return rig.flows.find((one) => one.tab === tab) ?? assert.fail(`no flow ${tab}`)
  }

  async function write(name: string): Promise<void> {
    for (const { logstore } of SETUPS) {
      await produceAll(broker, logstore, numberedLines(name, RECORDS, SHARDS))
    }
  }

  /** Resolves when each of the members can have sent its heartbeats; a silent one is dropped meanwhile. */
  async function heartbeatsGoOn(): Promise<void> {
    const count = async (): Promise<number> => (await emulator.state()).requests['Heartbeat'] ?? 0
    const wanted = (await count()) + HEARTBEATS * SETUPS.length
    await rig.until(`${wanted} heartbeats`, async () => (await count()) >= wanted)
  }

  async function membershipsNow(): Promise<unknown> {
    const { groups } = await emulator.state()
    return groups.map(({ id, generation, members }) => ({ id, generation, members }))
  }

  async function health(): Promise<(ConsumerHealth & { tab: string; at: number })[]> {
    const response = await rig.nodeRed.request('/sls-kafka/health')
    const { at, consumers } = (await response.json()) as Health
    return consumers.map((one) => ({ ...one, tab: one.flow, at }))
  }

  /** Without this the test would pass if the clock had never been touched. */
  function assertClockIsShifted(shiftMs: number): void {
    const passedAt = flow('plain').records.at(-1)?.passedAt ?? 0
    assertNear(passedAt, Date.now() + shiftMs, 'time of the last message')
  }

  /** Once, and the records that fail at first twice. */
  function assertSentAsOftenAsWanted({ tab, timesSent }: TestedFlow): void {
    const wanted = tab === 'acked' ? 2 : 1
    assert.equal(timesSent.size, 2 * RECORDS, `different records of ${tab}`)
    const others = [...timesSent].filter(([, times]) => times !== wanted)
    assert.deepEqual(others, [], `records of ${tab} that were not sent ${wanted} times`)
  }

  /** Of the records that were written after the shift, the first can be sent at once. */
  function assertRateIsKept(): void {
    const [first, ...others] = flow('limited').records.slice(RECORDS)
    const spanMs = (others.at(-1)?.passedAt ?? 0) - (first?.passedAt ?? 0)
    const leastMs = ((others.length - 1) * 1_000) / MAX_RATE
    assert.ok(spanMs >= leastMs, `${others.length + 1} records in ${spanMs} ms`)
  }
})

function setup(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  work: FlowSetup['work'],
): FlowSetup {
  return { tab: name, logstore: name, shards: SHARDS, settings: { ...SETTINGS, ...settings }, work }
}

/** Green, and yellow only while records wait for another attempt. */
function assertStatusIsTrue({ tab, statuses }: TestedFlow, from: number): void {
  const shown = statuses.slice(from).map(({ status }) => status)
  for (const status of shown) {
    const isRetrying = tab === 'acked' && status?.text?.includes('↻') === true
    const fill = isRetrying ? 'yellow' : 'green'
    assert.deepEqual([status?.fill, status?.['state']], [fill, 'consuming'], JSON.stringify(status))
  }
  assert.equal(statuses.at(-1)?.status?.fill, 'green', `last status of ${tab}`)
}

function assertHealthIsTrue(
  { tab, at, state, ok, shards, lastFetchAt }: ConsumerHealth & { tab: string; at: number },
  shiftMs: number,
): void {
  assert.deepEqual([state, ok, shards.length], ['consuming', true, SHARDS], `health of ${tab}`)
  assertNear(at, Date.now() + shiftMs, 'time of the health')
  assertNear(lastFetchAt ?? 0, at, `last fetch of ${tab}`)
}

function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < TOLERANCE_MS, `${what}: ${actual}, not ${expected}`)
}
