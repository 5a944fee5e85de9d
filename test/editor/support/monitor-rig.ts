import type { Browser } from 'playwright-core'
import { adminAuth, logIn, type AdminUser } from '../../runtime/support/admin-users'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { flowWith } from '../../../tools/shared/flow'
import {
  startNodeRed,
  startSink,
  type FlowNode,
  type NodeRed,
  type Sink,
} from '../../../tools/shared/node-red'
import { Resources } from '../../../tools/shared/resources'
import { startChromium } from './chromium'
import { Editor, type EditorOptions } from './editor'
import { MonitorPanel } from './monitor-panel'
import { endedAfterAll } from '../../support/suite'

export const LOGSTORE = 'access-log'
export const SHARDS = 2
/** The node that reads, and the one that gives up each record that is `bad`. */
export const READER = 'flow-in'
export const STUCK = 'stuck'
/** The node that writes what the Inject node `write` sends. */
export const WRITER = 'writer'

export interface MonitoringRig {
  readonly editor: Editor
  readonly monitor: MonitorPanel
}

/** A browser, a Node-RED whose editor has users, and an emulator; each test opens an editor of its own. */
export class MonitorRig {
  readonly #ofTest = new Resources()
  readonly #crowd: number
  #browser: Browser | undefined
  #emulator: RunningEmulator | undefined
  #nodeRed: NodeRed | undefined
  #records: Sink | undefined

  /**
   * To be called in a `describe`, for its tests.
   *
   * @param crowd how many consumers there are besides
   */
  static forAll(crowd = 0): MonitorRig {
    const rig = new MonitorRig(crowd)
    const ofAll = endedAfterAll()
    before(() => rig.#start(ofAll))
    afterEach(() => rig.#ofTest.end())
    return rig
  }

  private constructor(crowd: number) {
    this.#crowd = crowd
  }

  get emulator(): RunningEmulator {
    return running(this.#emulator)
  }

  get records(): Sink {
    return running(this.#records)
  }

  get nodeRed(): NodeRed {
    return running(this.#nodeRed)
  }

  /** Opens an editor as this user, and in it the monitor. */
  async open(user: AdminUser, options: EditorOptions = {}): Promise<MonitoringRig> {
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
    this.#emulator = await resources.started(
      startEmulator({ logstores: { [LOGSTORE]: SHARDS, 'dead-end': 1, 'app-log': 1 } }),
    )
    this.#records = await resources.started(startSink())
    const reports = await resources.started(startSink())
    const consumer = { logstore: LOGSTORE, group: 'reader', startFrom: 'earliest' }
    const flows = flowWith({
      service: this.#emulator,
      consumer,
      records: this.#records,
      reports,
    }).map((node, index) => ({
      ...node,
      ...(node['x'] !== undefined && { x: 140 + 240 * (index % 2), y: 60 * Math.floor(index / 2) }),
      ...(node.id === READER && { name: 'access log' }),
    }))
    this.#nodeRed = await resources.started(
      startNodeRed({
        settings: { adminAuth },
        flows: [...flows, ...stuckFlow(), ...writingFlow(), ...crowdOf(this.#crowd)],
      }),
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

/** The id of a consumer of the crowd, from 1. */
export function inCrowd(number: number): string {
  return `crowd-${number}`
}

/** Consumers that do nothing but read, in two logstores, because one takes only fifteen groups. */
function crowdOf(count: number): FlowNode[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ id: inCrowd(index + 1), type: 'sls-kafka-in', version: 1, z: 'flow' },
    ...{ x: 140 + 200 * (index % 4), y: 520 + 60 * Math.floor(index / 4) },
    ...{ name: `${index % 2 ? 'Errors' : 'Orders'} of shop ${index + 1}`, wires: [[]] },
    ...{ project: 'flow-project', logstore: index % 2 ? 'app-log' : LOGSTORE, format: 'text' },
    group: `team-${index + 1}`,
  }))
}

/** Writes two logs, and one that SLS would refuse. */
function writingFlow(): FlowNode[] {
  const onTab = { z: 'flow', x: 100, y: 460 }
  return [
    {
      ...{ ...onTab, id: 'write', type: 'inject', wires: [[WRITER]] },
      props: [{ p: 'payload', v: '["first","second",{"__time__":"reserved"}]', vt: 'json' }],
    },
    {
      ...{ ...onTab, x: 300, id: WRITER, type: 'sls-kafka-out', version: 1, name: 'enriched' },
      ...{ project: 'flow-project', logstore: 'app-log', wires: [[]] },
    },
  ]
}

function running<T>(resource: T | undefined): T {
  if (resource === undefined) throw new Error('runs only in a test')
  return resource
}
