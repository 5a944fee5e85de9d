import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { startWriter, type Writer } from '../integration/writer'
import { brokerOf, type Broker } from '../support/broker'
import { startEmulator, type RunningEmulator } from '../support/emulator'
import type { Settings } from '../support/reader'
import { Resources } from '../support/resources'
import { figures } from './support/figures'
import { laterNode } from './support/nodes'
import { startRig, type Rig } from './support/rig'
import { assertKept, repeatsOf, total } from './support/verdict'

const LOGSTORE = 'interrupted'
const SHARDS = 4
const FLOW_MS = 500
const STEADY_MS = 3_000
/** The default of 120 s; an outage is shorter than that. */
const OUTAGE_MS = 5_000
const KILLS = 5
/** The shortest session time-out that services take, and an outage that is longer. */
const SHORT_SESSION_MS = 6_000
const LONG_OUTAGE_MS = 9_000

const POLL_MS = 50

interface Traffic {
  readonly endpoint: RunningEmulator
  readonly broker: Broker
  readonly rig: Rig
  readonly writer: Writer
}

describe('a service that goes away while records flow', () => {
  const resources = new Resources()

  afterEach(() => resources.end())

  it('and comes back, or drops all connections again and again: nothing is lost or repeated', async () => {
    const { endpoint, broker, rig, writer } = await startTraffic()
    await endpoint.close()
    await delay(OUTAGE_MS)
    await endpoint.open()
    await rig.reads()
    await delay(STEADY_MS)
    for (let kill = 0; kill < KILLS; kill++) {
      // A client that was cut off a moment ago waits a little before it connects again.
      while ((await endpoint.killConnections()) === 0) await delay(POLL_MS)
      await delay(STEADY_MS / 3)
    }
    const written = (await writer.stop()).flat().length
    await rig.hasCommitted(written)
    const repeated = total(repeatsOf([rig.flow]))
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

    const { finished, commits } = await assertKept(broker, [rig.flow])
    figures(`an outage of ${OUTAGE_MS / 1000} s and ${KILLS} times all connections`, {
      written,
      lost: written - finished,
      repeated,
      commits,
    })
    assert.equal(repeated, 0)
  })

  it('for longer than the session time-out: nothing is lost, a window is repeated at most', async () => {
    const settings = { sessionTimeout: SHORT_SESSION_MS }
    const { endpoint, broker, rig, writer } = await startTraffic(settings)
    await endpoint.close()
    await delay(LONG_OUTAGE_MS)
    await endpoint.open()
    const finishedBefore = rig.flow.finished.size
    await rig.until('records again', () => rig.flow.finished.size > finishedBefore)
    const written = (await writer.stop()).flat().length
    await rig.hasFinished(written)
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

    const { finished, repeated, commits } = await assertKept(broker, [rig.flow])
    figures(`an outage of ${LONG_OUTAGE_MS / 1000} s, longer than the session`, {
      written,
      lost: written - finished,
      repeated: total(repeated),
      commits,
    })
    for (const [shard, count] of repeated) {
      assert.ok(count <= 1_000, `shard ${shard}: ${count} repeated`)
    }
  })

  /** A flow that reads and a writer that has been at work for some time. */
  async function startTraffic(settings: Settings = {}): Promise<Traffic> {
    const endpoint = await resources.started(startEmulator({ logstores: { [LOGSTORE]: SHARDS } }))
    const broker = brokerOf(endpoint)
    const rig = await startRig(resources, broker, {
      logstore: LOGSTORE,
      shards: SHARDS,
      settings: { commitInterval: 500, ...settings },
      work: (ids) => [laterNode(ids, ids.first, FLOW_MS, [ids.ack])],
    })
    await rig.reads()
    const writer = startWriter(broker, LOGSTORE, SHARDS)
    resources.onEnd(() => writer.stop())
    await delay(STEADY_MS)
    return { endpoint, broker, rig, writer }
  }
})
