import type { MonitorResponse } from '../../../nodes/sls-monitor/monitor-api'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { startNodeRed, startSink } from '../../../tools/shared/node-red'
import type { NodeRed, Sink, SinkMessage } from '../../../tools/shared/node-red'
import { waitUntil } from '../../../tools/shared/polling'
import { Resources } from '../../../tools/shared/resources'
import { fillIn, listenedTo, readerOf, readExample, type FilledIn } from './example'
import { endedAfterAll } from '../../support/suite'

export const LOGSTORE = 'shop-log'
/** Where the examples that write do so. */
export const TARGET = 'written-log'
export const GROUP = 'node-red'
export const SHARDS = 2

/** For what takes a second or two, and a retry after 2 or 4 s. */
export const WAIT_MS = 30_000

interface Deployment extends FilledIn {
  /** Nodes beside which messages are listened to, as they are beside debug nodes. */
  readonly alsoAt: readonly string[]
}

/** Runs examples: one Node-RED for all tests of a `describe`, a service and a sink for each of them. */
export class ExampleRig {
  #nodeRed: NodeRed | undefined
  #emulator: RunningEmulator | undefined
  #sink: Sink | undefined
  /** What one test starts, ended after it. */
  readonly resources = new Resources()

  /** To be called in a `describe`, for its tests. */
  static forAll(): ExampleRig {
    const rig = new ExampleRig()
    const { resources } = rig
    const ofAll = endedAfterAll()

    before(async () => {
      rig.#nodeRed = await ofAll.started(
        startNodeRed({
          env: { SLS_ACCESS_KEY_ID: undefined, SLS_ACCESS_KEY_SECRET: undefined },
        }),
      )
    })

    beforeEach(async () => {
      const logstores = { [LOGSTORE]: SHARDS, [TARGET]: SHARDS }
      rig.#emulator = await resources.started(startEmulator({ logstores }))
      rig.#sink = await resources.started(startSink())
      // What is deployed leaves its group while the emulator still listens.
      resources.onEnd(() => rig.nodeRed.deploy([]))
    })

    afterEach(() => resources.end())

    return rig
  }

  get nodeRed(): NodeRed {
    return running(this.#nodeRed)
  }

  get emulator(): RunningEmulator {
    return running(this.#emulator)
  }

  get sink(): Sink {
    return running(this.#sink)
  }

  /** Fills the example in for the emulator and deploys it. What it writes is read again, see `TARGET`. */
  async deploy(
    number: string,
    { alsoAt = [], ...filledIn }: Partial<Deployment> = {},
  ): Promise<void> {
    const example = fillIn(readExample(number), {
      service: this.emulator,
      logstore: LOGSTORE,
      target: TARGET,
      group: GROUP,
      ...filledIn,
    })
    const reader = example.some(({ type }) => type === 'sls-kafka-out')
      ? readerOf(example, TARGET, this.sink)
      : []
    await this.nodeRed.deploy([...listenedTo(example, this.sink, alsoAt), ...reader])
  }

  /** Deploys and resolves when the example reads; a new group starts at what is written then. */
  async deployReading(number: string, deployment?: Partial<Deployment>): Promise<void> {
    const from = this.nodeRed.logs().length
    await this.deploy(number, deployment)
    const joined = new RegExp(`joined group ${GROUP} on logstore ${LOGSTORE}, shards: 0, 1`)
    await this.nodeRed.waitForLog(joined, WAIT_MS, from)
  }

  /** Presses a button of the monitor, of the only consumer. */
  async press(action: 'pause' | 'resume'): Promise<void> {
    const { consumers } = (await (
      await this.nodeRed.request('/sls-monitor/consumers?since=0')
    ).json()) as MonitorResponse
    await this.nodeRed.request('/sls-monitor/command', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: consumers[0]?.id, action, partition: null }),
    })
  }

  at(name: string): SinkMessage[] {
    return this.sink.messages.filter((message) => message.sink === name)
  }

  /** What has arrived at a node, as soon as there are so many. */
  async arrivedAt(name: string, count: number): Promise<SinkMessage[]> {
    let arrived = 0
    await this.sink.waitFor((message) => message.sink === name && ++arrived === count, WAIT_MS)
    return this.at(name)
  }

  /** The group's committed offsets by shard. */
  async committed(): Promise<Readonly<Record<number, string>>> {
    const { groups } = await this.emulator.state()
    const offsets = groups.find(({ id }) => id === GROUP)?.offsets ?? []
    return Object.fromEntries(offsets.map(({ shard, offset }) => [shard, offset]))
  }

  /** Resolves when the group has committed all that was written. */
  async allCommitted(): Promise<void> {
    let progress = ''
    const isCommitted = async (): Promise<boolean> => {
      const committed = await this.committed()
      const ends = await this.#ends()
      progress = `committed ${JSON.stringify(committed)}, not yet ${JSON.stringify(ends)}`
      return ends.every(([shard, end]) => committed[shard] === end)
    }
    await waitUntil(isCommitted, () => progress, { timeoutMs: WAIT_MS })
  }

  /** Behind the last record of each shard that has any. */
  async #ends(): Promise<(readonly [shard: number, offset: string])[]> {
    const { logstores } = await this.emulator.state()
    const shards = logstores.find(({ name }) => name === LOGSTORE)?.shards ?? []
    return shards.flatMap(({ id, last }) =>
      last === null ? [] : [[id, String(BigInt(last) + 1n)] as const],
    )
  }
}

function running<T>(resource: T | undefined): T {
  if (resource === undefined) throw new Error('runs only in a test')
  return resource
}
