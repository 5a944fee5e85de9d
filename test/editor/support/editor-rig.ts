import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { startNodeRed, type FlowNode, type NodeRed } from '../../../tools/shared/node-red'
import { Resources } from '../../../tools/shared/resources'
import { HOST, LOCAL_PORT, PROJECT } from '../../support/alibaba-hosts'
import { startChromium } from './chromium'
import { Editor, type EditorOptions } from './editor'
import { endedAfterAll } from '../../support/suite'

export const LOGSTORE = 'nginx-access'
export const SHARDS = 4
export const ACCESS_KEY = {
  accessKeyId: 'LTAI5tTestTestTestTest42',
  accessKeySecret: 'KEEP-THIS-TO-YOURSELF',
}
/** Of the logstore in the console, as it stands in the browser's address bar. */
export const CONSOLE_ADDRESS = `https://sls.console.aliyun.com/lognext/project/${PROJECT}/logsearch/${LOGSTORE}?slsRegion=cn-hangzhou`

/**
 * A browser, a Node-RED and an emulator that this Node-RED takes for Alibaba Cloud, for all tests of a
 * `describe`; each test opens an editor of its own.
 */
export class EditorRig {
  /** What one test starts, ended after it. */
  readonly resources = new Resources()
  #open: Editor[] = []
  #browser: Browser | undefined
  #emulator: RunningEmulator | undefined
  #nodeRed: NodeRed | undefined

  /** To be called in a `describe`, for its tests. */
  static forAll(): EditorRig {
    const rig = new EditorRig()
    const ofAll = endedAfterAll()
    before(() => rig.#start(ofAll))
    afterEach(async function () {
      const { state, title = '' } = this.currentTest ?? {}
      if (state === 'failed') await rig.#picture(title)
      rig.#open = []
      await rig.resources.end()
    })
    return rig
  }

  get emulator(): RunningEmulator {
    return running(this.#emulator)
  }

  get nodeRed(): NodeRed {
    return running(this.#nodeRed)
  }

  /** Opens an editor on these flows, which are deployed first. */
  async open(flows: readonly FlowNode[] = [], options: EditorOptions = {}): Promise<Editor> {
    await this.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow' }, ...flows])
    const editor = await Editor.open(running(this.#browser), this.nodeRed.url, options)
    this.resources.onEnd(() => editor.close())
    this.#open.push(editor)
    return editor
  }

  /** What a test that failed has left on the screen. */
  async #picture(title: string): Promise<void> {
    for (const editor of this.#open) await editor.screenshot(`failed - ${title}`)
  }

  async #start(resources: Resources): Promise<void> {
    this.#browser = await startChromium()
    resources.onEnd(() => running(this.#browser).close())
    this.#emulator = await resources.started(
      startEmulator({
        project: PROJECT,
        logstores: { [LOGSTORE]: SHARDS, 'app-log': 1 },
        flags: ['--advertise', `${HOST}:10012`],
        ...ACCESS_KEY,
      }),
    )
    const folder = await mkdtemp(join(tmpdir(), 'editor-'))
    resources.onEnd(() => rm(folder, { recursive: true }))
    const ca = join(folder, 'ca.pem')
    await writeFile(ca, this.#emulator.ca)
    this.#nodeRed = await resources.started(
      startNodeRed({
        env: {
          NODE_EXTRA_CA_CERTS: ca,
          NODE_OPTIONS: `--require ${JSON.stringify(require.resolve('../../support/alibaba-hosts'))}`,
          [LOCAL_PORT]: String(this.#emulator.port),
          SLS_ACCESS_KEY_ID: undefined,
          SLS_ACCESS_KEY_SECRET: undefined,
        },
      }),
    )
  }
}

function running<T>(resource: T | undefined): T {
  if (resource === undefined) throw new Error('runs only in a test')
  return resource
}
