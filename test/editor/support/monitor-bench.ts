import type { Browser } from 'playwright-core'
import { adminAuth, logIn, type AdminUser } from '../../runtime/support/admin-users'
import { startEmulator, type RunningEmulator } from '../../support/emulator'
import { flowWith } from '../../support/flow'
import {
  startNodeRed,
  startSink,
  type FlowNode,
  type NodeRed,
  type Sink,
} from '../../support/node-red'
import { Resources } from '../../support/resources'
import { startChromium } from './chromium'
import { Editor, type EditorOptions } from './editor'
import { MonitorPanel } from './monitor-panel'

export const LOGSTORE = 'access-log'
export const SHARDS = 2
/** The node that reads, and the one that gives up each record that is `bad`. */
export const READER = 'flow-in'
export const STUCK = 'stuck'

export interface Watched {
  readonly editor: Editor
  readonly monitor: MonitorPanel
}

/** A browser, a Node-RED whose editor has users, and an endpoint; each test opens an editor of its own. */
export class MonitorBench {
  readonly #ofTest = new Resources()
  #browser: Browser | undefined
  #endpoint: RunningEmulator | undefined
  #nodeRed: NodeRed | undefined
  #records: Sink | undefined

  /** To be called in a `describe`, for its tests. */
  static forAll(): MonitorBench {
    const bench = new MonitorBench()
    const ofAll = new Resources()
    before(() => bench.#start(ofAll))
    afterEach(() => bench.#ofTest.end())
    after(() => ofAll.end())
    return bench
  }

  get endpoint(): RunningEmulator {
    return running(this.#endpoint)
  }

  get records(): Sink {
    return running(this.#records)
  }

  get nodeRed(): NodeRed {
    return running(this.#nodeRed)
  }

  /** Opens an editor as this user, and in it the monitor. */
  async open(user: AdminUser, options: EditorOptions = {}): Promise<Watched> {
    const token = await logIn(this.nodeRed, user)
    // As it is: the editor does not decode it.
    const url = `${this.nodeRed.url}/?access_token=${token}`
    const editor = await Editor.open(running(this.#browser), url, options)
    this.#ofTest.onEnd(() => editor.close())
    const monitor = new MonitorPanel(editor.page)
    await monitor.open()
    await monitor.card(READER).waitFor()
    return { editor, monitor }
  }

  async #start(resources: Resources): Promise<void> {
    this.#browser = await startChromium()
    resources.onEnd(() => running(this.#browser).close())
    this.#endpoint = await resources.started(
      startEmulator({ logstores: { [LOGSTORE]: SHARDS, 'dead-end': 1 } }),
    )
    this.#records = await resources.started(startSink())
    const reports = await resources.started(startSink())
    const consumer = { logstore: LOGSTORE, group: 'reader', startFrom: 'earliest' }
    const flows = flowWith({
      service: this.#endpoint,
      consumer,
      records: this.#records,
      reports,
    }).map((node, index) => ({
      ...node,
      ...(node['x'] !== undefined && { x: 140 + 240 * (index % 2), y: 60 * Math.floor(index / 2) }),
      ...(node.id === READER && { name: 'access log' }),
    }))
    this.#nodeRed = await resources.started(
      startNodeRed({ settings: { adminAuth }, flows: [...flows, ...stuckFlow()] }),
    )
  }
}

/** Every record is rejected, which stops its shard. */
function stuckFlow(): FlowNode[] {
  const onTab = { z: 'flow', x: 100, y: 400 }
  return [
    {
      ...onTab,
      id: STUCK,
      type: 'sls-kafka-in',
      version: 1,
      name: 'dead end',
      project: 'flow-project',
      logstore: 'dead-end',
      group: 'stuck',
      startFrom: 'earliest',
      format: 'text',
      commit: 'onAck',
      onExhausted: 'stop',
      wires: [['reject']],
    },
    {
      ...onTab,
      x: 300,
      id: 'reject',
      type: 'sls-kafka-ack',
      version: 1,
      action: 'reject',
      wires: [[]],
    },
  ]
}

function running<T>(resource: T | undefined): T {
  if (resource === undefined) throw new Error('runs only in a test')
  return resource
}
