import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { startWriter, type Writer } from '../integration/writer'
import { brokerOf, type Broker } from '../../tools/shared/broker'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import type { FlowSetup } from '../../tools/shared/integrity/flow'
import { functionNode, laterNode } from '../../tools/shared/integrity/nodes'
import { startRig, type Rig } from '../../tools/shared/integrity/rig'
import { assertIntegrity, repeatsOf, total } from '../../tools/shared/integrity/judgement'
import type { Settings } from '../../tools/shared/consumer-process'
import { endedAfterEach } from '../support/suite'
import { figures } from './support/figures'
import { inFull, itInFull } from './support/full'
import { SupervisedRig } from './support/supervised-rig'

const SHARDS = 4
const FLOW_MS = 500
const STEADY_MS = 3_000
/** Far less than the default session timeout of 120 s, so that the group waits for its member. */
const OUTAGE_MS = 5_000
const KILLS = 5
/** The shortest session timeout that services take, and an outage that is longer. */
const SHORT_SESSION_MS = 6_000
const LONG_OUTAGE_MS = 9_000
const AT_START_MS = inFull(45_000, 7_000)
const POLL_MS = 50

/** One flow for each way to commit. */
const FLOWS: readonly FlowSetup[] = [
  {
    ...{ tab: 'acked', logstore: 'acked', shards: SHARDS },
    settings: { commit: 'onAck' },
    work: (ids) => [laterNode(ids, ids.first, FLOW_MS, [ids.ack])],
  },
  {
    ...{ tab: 'sent', logstore: 'sent', shards: SHARDS },
    settings: { commit: 'onSend' },
    work: (ids) => [functionNode(ids, ids.first, 'return msg', [ids.ack])],
  },
]

interface Traffic {
  readonly emulator: RunningEmulator
  readonly broker: Broker
  readonly rig: Rig
  readonly writers: readonly Writer[]
}

describe('an outage of the service', function () {
  this.timeout(420_000)
  const resources = endedAfterEach()

  it(`of ${OUTAGE_MS / 1000} s, and ${KILLS} times the end of all connections, costs no record and no membership`, async () => {
    const traffic = await startTraffic()
    const { emulator, broker, rig } = traffic
    const memberships = await membershipsIn(emulator)
    await emulator.close()
    await rig.until('the status of both flows', () =>
      rig.flows.every(({ statuses }) => statuses.at(-1)?.status?.['state'] === 'reconnecting'),
    )
    await delay(OUTAGE_MS)
    await emulator.open()
    await rig.reads()
    await delay(STEADY_MS)
    for (let kill = 0; kill < KILLS; kill++) {
      // A client that was cut off a moment ago waits a little before it connects again.
      while ((await emulator.killConnections()) === 0) await delay(POLL_MS)
      await delay(STEADY_MS / 3)
    }
    const written = await endTraffic(traffic)
    await rig.hasCommitted(written)
    assert.deepEqual(await membershipsIn(emulator), memberships)
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

    for (const flow of rig.flows) {
      const { finished, commits } = await assertIntegrity(broker, [flow])
      const repeated = total(repeatsOf([flow]))
      figures(`${flow.tab}: ${OUTAGE_MS / 1000} s and ${KILLS} times all connections`, {
        ...{ finished, repeated, commits },
      })
      assert.equal(repeated, 0)
      assert.deepEqual(await broker.members(flow.group), [])
    }
  })

  it('that is longer than the session timeout costs no record, and repeats at most a window', async () => {
    const traffic = await startTraffic({ sessionTimeout: SHORT_SESSION_MS })
    const { emulator, broker, rig } = traffic
    await emulator.close()
    await delay(LONG_OUTAGE_MS)
    await emulator.open()
    const before = rig.flows.map(({ finished }) => finished.size)
    await rig.until('records again', () =>
      rig.flows.every(({ finished }, index) => finished.size > (before[index] ?? 0)),
    )
    await rig.hasFinished(await endTraffic(traffic))
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

    for (const flow of rig.flows) {
      const { finished, repeated, commits } = await assertIntegrity(broker, [flow])
      figures(`${flow.tab}: ${LONG_OUTAGE_MS / 1000} s, longer than the session`, {
        ...{ finished, repeated: total(repeated), commits },
      })
      for (const [shard, count] of repeated) {
        assert.ok(count <= 1_000, `shard ${shard}: ${count} repeated`)
      }
    }
  })

  it(`of ${AT_START_MS / 1000} s from the start shows red until the first record`, async () => {
    const rig = await SupervisedRig.start(resources, {}, {}, (emulator) => emulator.close())
    const { emulator, watch } = rig
    await delay(AT_START_MS)
    assert.deepEqual(watch.since(0).slice(-1), ['red unreachable SLS_UNREACHABLE'])
    const opened = Date.now()
    await emulator.open()
    await rig.reads(60_000)
    const shown = watch.since(0)
    figures(`gone for ${AT_START_MS / 1000} s from the start`, {
      ...{ 'ms to records': Date.now() - opened, shown },
    })
    assert.deepEqual(shown, ['yellow connecting', 'red unreachable SLS_UNREACHABLE', 'green'])
    rig.assertOnceEach()
    rig.assertReported(['SLS_UNREACHABLE'])
    await rig.assertEndsWell()
  })

  for (const { seconds, isInSession } of [
    { seconds: 45, isInSession: true },
    { seconds: 300, isInSession: false },
  ]) {
    itInFull(`of ${seconds} s shows yellow, and the consumer recovers by itself`, async () => {
      const rig = await SupervisedRig.start(resources)
      const { emulator, watch } = rig
      await rig.reads()
      const members = await rig.memberIds()
      const closed = Date.now()
      await emulator.close()
      await rig.write(40)
      await delay(seconds * 1000)
      const opened = Date.now()
      await emulator.open()
      await rig.hasAll(30_000)
      const records = Date.now()
      await rig.shows('green')
      const shown = watch.since(closed)
      const toYellow = watch.until('not green', closed)
      figures(`gone for ${seconds} s`, {
        ...{ 'ms to yellow': toYellow, 'ms to records': records - opened, shown },
      })
      if (isInSession) {
        rig.assertOnceEach()
        assert.deepEqual(await rig.memberIds(), members)
        assert.deepEqual(shown, ['green', 'yellow reconnecting SLS_UNREACHABLE', 'green'])
      }
      assert.ok(toYellow < 2_000)
      const green = watch.until('green', closed + 2_000)
      assert.ok(green > seconds * 1000 - 2_000, 'green in the outage')
      rig.assertReported(['SLS_UNREACHABLE'])
      await rig.assertEndsWell()
    })
  }

  /** Flows that read and writers that have been at work for some time. */
  async function startTraffic(settings: Settings = {}): Promise<Traffic> {
    const logstores = Object.fromEntries(FLOWS.map(({ logstore }) => [logstore, SHARDS]))
    const emulator = await resources.started(startEmulator({ logstores }))
    const broker = brokerOf(emulator)
    const setups = FLOWS.map((setup) => ({
      ...setup,
      settings: { commitInterval: 500, ...setup.settings, ...settings },
    }))
    const rig = await startRig(resources, broker, ...setups)
    await rig.reads()
    const writers = FLOWS.map(({ logstore }) => startWriter(broker, logstore, SHARDS))
    for (const writer of writers) resources.onEnd(() => writer.stop())
    await delay(STEADY_MS)
    return { emulator, broker, rig, writers }
  }
})

/** @returns how many records were written */
async function endTraffic({ writers }: Traffic): Promise<number> {
  const written = await Promise.all(writers.map((writer) => writer.stop()))
  return written.flat(2).length
}

/** The members of each group, and the rebalance that they are members since. */
async function membershipsIn(emulator: RunningEmulator): Promise<unknown> {
  const { groups } = await emulator.state()
  return groups.map(({ id, generation, members }) => ({ id, generation, members }))
}
