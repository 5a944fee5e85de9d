import assert from 'node:assert/strict'
import { HOST, LOCAL_PORT, PROJECT } from '../../support/alibaba-hosts'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { startNodeRed, type FlowNode, type NodeRed } from '../../../tools/shared/node-red'
import { Resources } from '../../../tools/shared/resources'
import { adminAuth, logIn } from './admin-users'
import { endedAfterAll } from '../../support/suite'

export const LOGSTORE = 'nginx-access'
export const STORED = { accessKeyId: 'LTAI5tStoredStored42', accessKeySecret: 'STORED-SECRET' }
export const VARIABLE = 'VALUE-OF-A-VARIABLE'
export const ENDPOINT = 'cn-hangzhou.log.aliyuncs.com'

export type Fields = Readonly<Record<string, string | null>>
type Line = Readonly<Record<string, unknown>>

export interface Answer {
  readonly status: number
  readonly lines: readonly Line[]
  readonly text: string
}

/** A Node-RED with users, for the tests of one `describe`: each with bounds of its own. */
export class AdminRig {
  readonly resources = new Resources()
  readonly #path: string
  #nodeRed: NodeRed | undefined
  #emulator: RunningEmulator | undefined
  #tokens: Readonly<Record<string, string>> = {}

  constructor(path: string) {
    this.#path = path
  }

  /** @param path of the route that is asked */
  static forAll(path: string): AdminRig {
    const guarded = new AdminRig(path)
    const ofAll = endedAfterAll()
    before(() => guarded.#start(ofAll))
    afterEach(async () => {
      await guarded.resources.end()
      const log = guarded.nodeRed.logs().join('\n')
      for (const secret of [STORED.accessKeySecret, VARIABLE]) assert.ok(!log.includes(secret))
    })
    return guarded
  }

  get nodeRed(): NodeRed {
    if (!this.#nodeRed) throw new Error('runs only in a test')
    return this.#nodeRed
  }

  get emulator(): RunningEmulator {
    if (!this.#emulator) throw new Error('runs only in a test')
    return this.#emulator
  }

  /** What a dialog sends that is filled in for the emulator. */
  get typed(): Fields {
    const { port, project } = this.emulator
    return {
      ...{ id: '', project, endpoint: '', port: '', bootstrap: `localhost:${port}`, tls: 'tls' },
      ...{ ...STORED, logstore: LOGSTORE },
    }
  }

  /** @param signal ends the waiting for an answer */
  post(fields: Fields, user = 'full', signal?: AbortSignal): Promise<Answer> {
    return this.send(JSON.stringify(fields), user, signal)
  }

  async send(body: string, user = 'full', signal?: AbortSignal): Promise<Answer> {
    const token = this.#tokens[user]
    const response = await fetch(this.nodeRed.url + this.#path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      body,
      ...(signal && { signal }),
    })
    const text = await response.text()
    const isOurs = response.headers.get('content-type')?.includes('json') === true
    const lines = isOurs ? text.trim().split('\n') : []
    return { status: response.status, lines: lines.map((line) => JSON.parse(line) as Line), text }
  }

  async #start(resources: Resources): Promise<void> {
    this.#emulator = await resources.started(
      startEmulator({
        project: PROJECT,
        logstores: { [LOGSTORE]: 3 },
        flags: ['--advertise', `${HOST}:10012`],
        ...STORED,
      }),
    )
    this.#nodeRed = await resources.started(
      startNodeRed({
        flows: flowsFor(this.#emulator),
        logging: 'trace',
        env: {
          A_VARIABLE: VARIABLE,
          NOT_A_NAME: 'Not A Name',
          THE_SECRET: STORED.accessKeySecret,
          NODE_OPTIONS: `--require ${JSON.stringify(require.resolve('../../support/alibaba-hosts'))}`,
          [LOCAL_PORT]: String(this.#emulator.port),
        },
        settings: { adminAuth },
      }),
    )
    this.#tokens = {
      full: await logIn(this.nodeRed, 'full'),
      reader: await logIn(this.nodeRed, 'reader'),
    }
  }
}

/** A project that is deployed, with its secret, and a disabled node that keeps it in use. */
function flowsFor({ port, project, ca }: RunningEmulator): FlowNode[] {
  return [
    { id: 'tab', type: 'tab', label: 'Flow' },
    {
      id: 'tls',
      type: 'tls-config',
      cert: '',
      key: '',
      ca: '',
      verifyservercert: true,
      credentials: { cadata: ca },
    },
    {
      id: 'stored',
      type: 'sls-project',
      version: 1,
      project,
      bootstrap: `localhost:${port}`,
      tls: 'tls',
      credentials: STORED,
    },
  ]
}

/** The status and why the request was refused. */
export function refusalOf({ status, lines }: Answer): readonly unknown[] {
  return [status, lines[0]?.['refusal']]
}
