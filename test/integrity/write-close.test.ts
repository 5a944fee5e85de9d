import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { brokerOf, type Broker } from '../../tools/shared/broker'
import type { DeployType, SinkMessage } from '../../tools/shared/node-red'
import type { FlowSetup } from '../../tools/shared/integrity/flow'
import { functionNode, writerNode } from '../../tools/shared/integrity/nodes'
import { assertIntegrity } from '../../tools/shared/integrity/judgement'
import { startRig, type Rig } from '../../tools/shared/integrity/rig'
import { becomesTrue } from '../../tools/shared/polling'
import { startWriter, type Writer } from '../integration/writer'
import { endedAfterAll } from '../support/suite'
import { figures } from './support/figures'
import { inFull } from './support/full'
import { difference, storedIn } from './support/stored'

const SHARDS = 4
const ROUNDS = inFull(5, 1)
const TYPES: readonly DeployType[] = ['nodes', 'flows', 'full']
/** Some messages are in the buffer at any moment. */
const LATE_MS = 300
/** Some messages every 5 ms, each with a text of its own. */
const MAKE_MESSAGES = `
  const run = Math.random().toString(36).slice(2)
  let made = 0
  const make = () => { node.send({ payload: run + ' ' + made++ }) }
  setInterval(() => { make(); make() }, 5)`
/** The contract of a close. Docker kills a container 10 s after SIGTERM. */
const MOST_CLOSE_MS = 8_000
const WAIT_MS = 30_000
const UNWRITTEN = /SLS_UNWRITTEN: .*"made-target".*: (\d+)\./

/** One flow whose records are read again, and one whose messages are not. */
const FLOWS: readonly FlowSetup[] = [
  {
    ...{ tab: 'acked', logstore: 'source', shards: SHARDS },
    settings: { commitInterval: 500 },
    work: (ids) => [
      functionNode(ids, ids.first, 'return msg', [ids.id('out')]),
      writerNode(ids, ids.id('out'), { logstore: 'target' }, [ids.ack]),
    ],
  },
  {
    ...{ tab: 'made', logstore: 'empty', shards: SHARDS },
    work: (ids) => [
      {
        // Wired to both, because Node-RED drops what a sink in between passes on in a redeploy.
        ...functionNode(ids, ids.id('maker'), 'return msg', [ids.id('made'), ids.id('out')]),
        initialize: MAKE_MESSAGES,
      },
      ids.sink('made'),
      writerNode(ids, ids.id('out'), { logstore: 'made-target' }, [ids.id('written')]),
      ids.sink('written'),
    ],
  },
]

/** Node-RED drops messages for a node that it restarts alone: from and to, unix ms. */
type Span = readonly [number, number]

describe('the end of a writing flow under load', function () {
  this.timeout(600_000)
  const resources = endedAfterAll()
  let emulator: RunningEmulator
  let broker: Broker
  let rig: Rig
  let load: Writer
  const closes: Record<string, number[]> = {}
  const dropped: Span[] = []
  const logs: string[] = []

  before(async () => {
    const names = ['source', 'target', 'empty', 'made-target']
    const logstores = Object.fromEntries(names.map((name) => [name, SHARDS]))
    emulator = await resources.started(startEmulator({ logstores }))
    broker = brokerOf(emulator)
    await emulator.delayAnswers(LATE_MS, { api: 'Produce' })
    rig = await startRig(resources, broker, ...FLOWS)
    await rig.reads()
    load = startWriter(broker, 'source', SHARDS)
    resources.onEnd(() => load.stop())
  })

  it(`loses no message by ${ROUNDS} redeploys of each type`, async () => {
    for (const type of TYPES) {
      for (let round = 0; round < ROUNDS; round++) {
        await underLoad()
        await redeploy(type, `redeploy ${type}`)
      }
    }
    await assertNothingLost()
  })

  it('loses no message by SIGTERM', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await underLoad()
      await stop('SIGTERM')
      await rig.restart()
    }
    await assertNothingLost()
  })

  it('reports what it cannot write before it ends', async () => {
    for (const end of ['redeploy', 'SIGTERM'] as const) {
      await underLoad()
      await emulator.close()
      await delay(LATE_MS)
      if (end === 'redeploy') await redeploy('flows', 'redeploy in an outage')
      else {
        await stop('SIGTERM in an outage')
        await rig.restart()
      }
      await emulator.open()
    }
    await assertNothingLost()
    assert.ok(unwrittenInLogs() > 0, 'the log says how many were not written')
  })

  it('closes within its time, and reads what was not acknowledged again', async () => {
    const written = (await load.stop()).flat()
    await rig.until('all records', () => (rig.flows[0]?.finished.size ?? 0) >= written.length)
    await stop('SIGTERM')
    const { finished, violations } = await assertIntegrity(broker, rig.flows.slice(0, 1))
    const { lost, twice } = difference(written, await storedIn(broker, 'target'))
    figures('closing flows that read, write and ack', {
      ...{ records: written.length, finished, violations, lost: lost.length, twice },
    })
    figures('ms to close', closes)
    assert.deepEqual(lost, [])
    for (const [end, times] of Object.entries(closes)) {
      for (const ms of times) assert.ok(ms <= MOST_CLOSE_MS, `${end} took ${ms} ms`)
    }
  })

  /** Resolves when both flows have written something since it was called. */
  async function underLoad(): Promise<void> {
    const [acked, made] = rig.flows
    const counts = [acked?.acked.length ?? 0, made?.through('written').length ?? 0]
    await rig.until('written messages', () => {
      const now = [acked?.acked.length ?? 0, made?.through('written').length ?? 0]
      return now.every((count, index) => count > (counts[index] ?? 0) + 20)
    })
  }

  async function redeploy(type: DeployType, name: string): Promise<void> {
    const began = Date.now()
    await timed(name, () => rig.redeploy(type))
    if (type === 'nodes') dropped.push([began, Date.now()])
  }

  /** Notes how long the nodes take to close, by the lines of Node-RED, without what Node-RED does afterwards. */
  async function timed(name: string, end: () => Promise<void>): Promise<void> {
    const { nodeRed } = rig
    const from = nodeRed.logs().length
    const at = (line: RegExp): Promise<number> =>
      nodeRed.waitForLog(line, WAIT_MS, from).then(() => Date.now())
    const [began, ended] = await Promise.all([at(/ Stopping /), at(/ Stopped /), end()])
    ;(closes[name] ??= []).push(ended - began)
  }

  async function stop(name: string): Promise<void> {
    await timed(name, async () => {
      assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
    })
    logs.push(...rig.nodeRed.logs())
  }

  /** Logs of the flow without records that the log of Node-RED names as not written. */
  function unwrittenInLogs(): number {
    return [...logs, ...rig.nodeRed.logs()]
      .map((line) => Number(UNWRITTEN.exec(line)?.[1] ?? 0))
      .reduce((sum, count) => sum + count, 0)
  }

  /** Each message so far is stored, or was reported to its Catch node or in the log. */
  async function assertNothingLost(): Promise<void> {
    const [, flow] = rig.flows
    assert.ok(flow)
    const isJudged = ({ passedAt }: { readonly passedAt: number }): boolean =>
      !dropped.some(([from, to]) => passedAt >= from && passedAt <= to)
    const texts = textsOf(flow.through('made').filter(isJudged))
    const passedOn = textsOf(flow.through('written'))
    let stored: readonly string[] = []
    let missing: readonly string[] = []
    // What was made last can still be in the buffer.
    const isComplete = await becomesTrue(
      async () => {
        stored = await storedIn(broker, 'made-target')
        const reported = new Set(textsOf(flow.errors))
        missing = difference(texts, stored).lost.filter((text) => !reported.has(text))
        return missing.length <= unwrittenInLogs()
      },
      { timeoutMs: 10_000, intervalMs: 500 },
    )
    const { lost, twice } = difference(texts, stored)
    figures('closing a flow that makes messages', {
      ...{ made: texts.length, stored: texts.length - lost.length, twice },
      ...{ reported: lost.length - missing.length, 'in the log': unwrittenInLogs() },
      missing: missing.length,
    })
    assert.ok(isComplete, `${missing.length} missing: ${missing.slice(0, 5).join(', ')}`)
    const isStored = new Set(stored)
    const unstored = passedOn.filter((text) => !isStored.has(text))
    assert.deepEqual(unstored, [], 'passed on and not stored')
  }
})

function textsOf(messages: readonly SinkMessage[]): string[] {
  return messages.map(({ payload }) => String(payload))
}
