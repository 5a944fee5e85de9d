import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Broker } from '../broker'
import { startNodeRed, startSink } from '../node-red'
import type { DeployType, FlowNode, NodeRed, NodeRedOptions, Sink } from '../node-red'
import { waitUntil } from '../polling'
import type { Resources } from '../resources'
import { TestedFlow, type FlowSetup } from './flow'

const WAIT_MS = 60_000
const LOG_LINES_IN_ERRORS = 15
/** The nodes that a redeploy changes. */
const RESTARTED: ReadonlySet<string> = new Set(['sls-kafka-in', 'sls-kafka-out'])

/**
 * Starts a Node-RED process that reads logstores, which have to exist, with flows like this:
 *
 *     sls-kafka-in → sink "records" → work → sink "ack" → sls-kafka-ack
 *
 * The sinks report each message that passes, with its time, to the test process. A test looks like this:
 *
 *     const lines = numberedLines('orders', 40, 2)
 *     await createTopicWith(broker, 'orders', lines)
 *     const rig = await startRig(resources, broker, {
 *       logstore: 'orders',
 *       shards: 2,
 *       settings: { maxInFlight: 10 },
 *       work: (ids) => [functionNode(ids, ids.first, 'return msg', [ids.ack])],
 *     })
 *     await rig.hasFinished(40)
 *     await rig.stop()
 *     await assertIntegrity(broker, [rig.flow])
 *
 * Several flows run in one process if each names its `tab`, and then better have logstores of their own.
 */
export async function startRig(
  resources: Resources,
  broker: Broker,
  ...flows: readonly FlowSetup[]
): Promise<Rig> {
  return Rig.start(resources, broker, flows)
}

export interface HeldResources {
  readonly counts: Readonly<Record<string, number>>
  readonly listeners: number
}

/** A Node-RED process with tested flows; it may be ended and started again. */
export class Rig {
  readonly flows: readonly TestedFlow[]
  /** The only flow, or the first. */
  readonly flow: TestedFlow
  readonly #resources: Resources
  readonly #broker: Broker
  readonly #reports: Sink
  readonly #options: NodeRedOptions
  #nodeRed: NodeRed
  #deploys = 0
  /** Reports before this one are from before the last start or deploy. */
  #reportsBefore = 0

  static async start(
    resources: Resources,
    broker: Broker,
    setups: readonly FlowSetup[],
    options: Pick<NodeRedOptions, 'env' | 'logging' | 'lang' | 'settings'> = {},
  ): Promise<Rig> {
    const userDir = await mkdtemp(join(tmpdir(), 'node-red-'))
    resources.onEnd(() => rm(userDir, { recursive: true, force: true }))
    const passed = await resources.started(startSink())
    const reports = await resources.started(startSink())
    const flows = setups.map((setup) => new TestedFlow(setup, broker, passed, reports))
    const nodeRed = await resources.started(
      startNodeRed({ ...options, userDir, flows: flows.flatMap((flow) => flow.nodes()) }),
    )
    return new Rig({ resources, broker, reports, flows, nodeRed, options: { ...options, userDir } })
  }

  private constructor(parts: {
    resources: Resources
    broker: Broker
    reports: Sink
    flows: readonly TestedFlow[]
    nodeRed: NodeRed
    options: NodeRedOptions
  }) {
    const [flow] = parts.flows
    if (!flow) throw new Error('a rig needs a flow')
    this.flow = flow
    this.flows = parts.flows
    this.#resources = parts.resources
    this.#broker = parts.broker
    this.#reports = parts.reports
    this.#nodeRed = parts.nodeRed
    this.#options = parts.options
  }

  get nodeRed(): NodeRed {
    return this.#nodeRed
  }

  /** Resolves when the flows are members of their groups and read so many shards each. */
  async reads(shards?: number): Promise<void> {
    await this.until('shards to read', () =>
      this.flows.every((flow) => {
        const last = this.#reports.messages
          .slice(this.#reportsBefore)
          .findLast(({ status }) => status?.source?.id === flow.id('in'))?.status
        return last?.['state'] === 'consuming' && last['shards'] === (shards ?? flow.setup.shards)
      }),
    )
  }

  /**
   * Deploys again. `nodes` restarts each `sls-kafka-in` and `sls-kafka-out` alone, `flows` their tabs, `full`
   * everything.
   */
  async redeploy(type: DeployType = 'full'): Promise<void> {
    this.#deploys += 1
    this.#reportsBefore = this.#reports.messages.length
    const nodes = this.flows.flatMap((flow) => flow.nodes())
    await this.#nodeRed.deploy(
      nodes.map((node) => this.#changed(node)),
      type,
    )
  }

  /** Node-RED takes for changed what has another property, or says its credentials. */
  #changed({ credentials: _kept, ...node }: FlowNode): FlowNode {
    return RESTARTED.has(node.type) ? { ...node, deploys: this.#deploys } : node
  }

  /** Resolves when the condition is true, which is checked again and again. */
  async until(
    what: string,
    condition: () => boolean | Promise<boolean>,
    timeoutMs = WAIT_MS,
  ): Promise<void> {
    const explain = (): string => `waited for ${what}: ${this.#explanation()}`
    await waitUntil(condition, explain, { timeoutMs })
  }

  /** Resolves when the flows together have finished so many different records. */
  async hasFinished(records: number, timeoutMs?: number): Promise<void> {
    await this.until(
      `${records} finished records`,
      () => this.flows.reduce((sum, flow) => sum + flow.finished.size, 0) >= records,
      timeoutMs,
    )
  }

  /** Resolves when the flows together have finished so many records, and all of them are committed. */
  async hasCommitted(records: number, timeoutMs?: number): Promise<void> {
    await this.hasFinished(records, timeoutMs)
    for (const { group, logstore } of this.flows) {
      const ends = await this.#broker.endOffsets(logstore)
      await this.until(`${ends.join(', ')} to be committed by ${group}`, async () => {
        const committed = await this.#broker.committed(group, logstore)
        return ends.every((end, shard) => committed[shard] === end)
      })
    }
  }

  /** Bytes; with `NODE_OPTIONS=--expose-gc` what is in use after a collection. */
  async memory(): Promise<NodeJS.MemoryUsage> {
    return (await (await this.#nodeRed.request('/test/memory')).json()) as NodeJS.MemoryUsage
  }

  /** What keeps the process busy, by kind, and how many listeners there are to it and to Node-RED. */
  async resources(): Promise<HeldResources> {
    return (await (await this.#nodeRed.request('/test/resources')).json()) as HeldResources
  }

  /** Ends Node-RED as a crash does. */
  async kill(): Promise<void> {
    await this.#nodeRed.kill()
  }

  /** Ends Node-RED by SIGTERM. Resolves with its exit code. */
  stop(): Promise<number | null> {
    return this.#nodeRed.stop()
  }

  /** Starts Node-RED, which was stopped or killed, again with what was deployed. */
  async restart(): Promise<void> {
    this.#reportsBefore = this.#reports.messages.length
    this.#nodeRed = await this.#resources.started(startNodeRed(this.#options))
  }

  #explanation(): string {
    const flows = this.flows.map((flow) => {
      const { records, acked, nacked, finished, errors, statuses } = flow
      const counts = { sent: records.length, acked: acked.length, nacked: nacked.length }
      const status = statuses.at(-1)?.status
      const error = errors.at(-1)?.error
      return `${flow.tab} ${JSON.stringify({ ...counts, finished: finished.size, status, error })}`
    })
    const log = this.#nodeRed.logs().slice(-LOG_LINES_IN_ERRORS)
    return [...flows, 'log of Node-RED:', ...log].join('\n  ')
  }
}
