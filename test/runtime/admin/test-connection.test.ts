import assert from 'node:assert/strict'
import { HOST, LOCAL_PORT, PROJECT } from '../../support/alibaba-hosts'
import { startEmulator, type RunningEmulator } from '../../support/emulator'
import { startNodeRed, type FlowNode, type NodeRed } from '../../support/node-red'
import { Resources } from '../../support/resources'
import { startSilentServer } from '../support/silent-server'

const LOGSTORE = 'nginx-access'
const STORED = { accessKeyId: 'LTAI5tStoredStored42', accessKeySecret: 'STORED-SECRET' }
const VARIABLE = 'VALUE-OF-A-VARIABLE'
const ENDPOINT = 'cn-hangzhou.log.aliyuncs.com'
const PASSWORD = 'password'
/** Of the password, by bcrypt. */
const HASH = '$2b$04$V/1azedx.os.2ATTYyIOyewATH2JRbsf43jmNwUcuhmUV4MCaynA6'

type Fields = Readonly<Record<string, string | null>>
type Line = Readonly<Record<string, unknown>>

interface Answer {
  readonly status: number
  readonly lines: readonly Line[]
  readonly text: string
}

/** A Node-RED with users, for the tests of one `describe`: at most ten tests a minute get through. */
class Guarded {
  readonly resources = new Resources()
  #nodeRed: NodeRed | undefined
  #endpoint: RunningEmulator | undefined
  #tokens: Readonly<Record<string, string>> = {}

  static forAll(): Guarded {
    const guarded = new Guarded()
    const ofAll = new Resources()
    before(() => guarded.#start(ofAll))
    afterEach(async () => {
      await guarded.resources.end()
      const log = guarded.nodeRed.logs().join('\n')
      for (const secret of [STORED.accessKeySecret, VARIABLE]) assert.ok(!log.includes(secret))
    })
    after(() => ofAll.end())
    return guarded
  }

  get nodeRed(): NodeRed {
    if (!this.#nodeRed) throw new Error('runs only in a test')
    return this.#nodeRed
  }

  get endpoint(): RunningEmulator {
    if (!this.#endpoint) throw new Error('runs only in a test')
    return this.#endpoint
  }

  /** What a dialog sends that is filled in for the endpoint. */
  get typed(): Fields {
    const { port, project } = this.endpoint
    return {
      ...{ id: '', project, endpoint: '', port: '', bootstrap: `localhost:${port}`, tls: 'tls' },
      ...{ ...STORED, logstore: LOGSTORE },
    }
  }

  post(fields: Fields, user = 'full'): Promise<Answer> {
    return this.send(JSON.stringify(fields), user)
  }

  async send(body: string, user = 'full'): Promise<Answer> {
    const token = this.#tokens[user]
    const response = await fetch(`${this.nodeRed.url}/sls-project/test`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      body,
    })
    const text = await response.text()
    const isOurs = response.headers.get('content-type')?.includes('json') === true
    const lines = isOurs ? text.trim().split('\n') : []
    return { status: response.status, lines: lines.map((line) => JSON.parse(line) as Line), text }
  }

  async #start(resources: Resources): Promise<void> {
    this.#endpoint = await resources.started(
      startEmulator({
        project: PROJECT,
        logstores: { [LOGSTORE]: 3 },
        flags: ['--advertise', `${HOST}:10012`],
        ...STORED,
      }),
    )
    const user = (username: string, permissions: string): object => ({
      username,
      password: HASH,
      permissions,
    })
    this.#nodeRed = await resources.started(
      startNodeRed({
        flows: flowsFor(this.#endpoint),
        logging: 'trace',
        env: {
          A_VARIABLE: VARIABLE,
          NOT_A_NAME: 'Not A Name',
          THE_SECRET: STORED.accessKeySecret,
          NODE_OPTIONS: `--require ${JSON.stringify(require.resolve('../../support/alibaba-hosts'))}`,
          [LOCAL_PORT]: String(this.#endpoint.port),
        },
        settings: {
          adminAuth: {
            type: 'credentials',
            users: [user('full', '*'), user('reader', 'read')],
          },
        },
      }),
    )
    this.#tokens = { full: await this.#login('full'), reader: await this.#login('reader') }
  }

  async #login(username: string): Promise<string> {
    const response = await this.nodeRed.request('/auth/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        client_id: 'node-red-editor',
        grant_type: 'password',
        // All that the user may.
        scope: '',
        username,
        password: PASSWORD,
      }),
    })
    return ((await response.json()) as { access_token: string }).access_token
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

const stepsOf = ({ lines }: Answer): unknown[] => lines.map(({ step, failure }) => failure ?? step)
const refusalOf = ({ status, lines }: Answer): unknown => [status, lines[0]?.['refusal']]

describe('the endpoint that tests a connection', () => {
  const admin = Guarded.forAll()

  it('is for users who may write', async () => {
    assert.equal((await admin.post(admin.typed, 'nobody')).status, 401)
    const { status } = await admin.post(admin.typed, 'reader')
    assert.ok([401, 403].includes(status), String(status))
    const answer = await admin.post(admin.typed)
    assert.equal(answer.status, 200)
    assert.deepEqual(stepsOf(answer), ['name', 'port', 'tls', 'access-key', 'logstore'])
    assert.equal(answer.lines.at(-1)?.['shards'], 3)
    assert.deepEqual((await admin.endpoint.state()).groups, [])
  })

  it('refuses what no dialog sends, before it counts', async () => {
    for (let i = 0; i < 11; i++) {
      assert.deepEqual(refusalOf(await admin.send('[]')), [400, 'request-invalid'])
    }
    const oversize = JSON.stringify({ ...admin.typed, project: 'x'.repeat(9_000) })
    assert.deepEqual(refusalOf(await admin.send(oversize)), [413, 'request-too-large'])
    const long = JSON.stringify({ ...admin.typed, project: 'x'.repeat(600) })
    assert.deepEqual(refusalOf(await admin.send(long)), [400, 'request-invalid'])
    assert.equal((await admin.send('{"project": ')).status, 400)
  })

  it('takes one request at a time', async () => {
    const silent = await admin.resources.started(startSilentServer())
    const first = admin.post({ ...admin.typed, bootstrap: `127.0.0.1:${silent.port}` })
    await silent.connected
    assert.deepEqual(refusalOf(await admin.post(admin.typed)), [429, 'busy'])
    await silent.stop()
    const answer = await first
    assert.deepEqual(answer.lines.at(-1)?.['failure'], {
      code: 'SLS_UNREACHABLE',
      reason: 'closed',
    })
  })

  it('begins no more than ten in a minute', async () => {
    const closed = { ...admin.typed, bootstrap: 'localhost:1' }
    let answer = await admin.post(closed)
    for (let begun = 1; answer.status === 200; begun++) {
      assert.ok(begun <= 10, `${begun} have begun`)
      answer = await admin.post(closed)
    }
    assert.deepEqual(refusalOf(answer), [429, 'too-many'])
  })
})

describe('the endpoint that tests a connection, with a secret that was not sent', () => {
  const admin = Guarded.forAll()
  const stored = (): Fields => ({ ...admin.typed, id: 'stored', accessKeySecret: null })

  it('takes the stored one to the address that is deployed', async () => {
    const answer = await admin.post(stored())
    assert.deepEqual(stepsOf(answer).at(-1), 'logstore')
    assert.ok(!answer.text.includes(STORED.accessKeySecret))
  })

  it('sends the stored one to no other host or port', async () => {
    const silent = await admin.resources.started(startSilentServer())
    let connections = 0
    void silent.connected.then(() => connections++)
    for (const bootstrap of [
      `localhost:${silent.port}`,
      `127.0.0.1:${admin.endpoint.port}`,
      `log.aliyuncs.com.localhost:${silent.port}`,
    ]) {
      const answer = await admin.post({ ...stored(), bootstrap })
      assert.deepEqual(refusalOf(answer), [400, 'secret-needed'], bootstrap)
    }
    assert.equal(connections, 0)
  })

  it('sends it to any host of Alibaba', async () => {
    const answer = await admin.post({ ...stored(), bootstrap: '', endpoint: ENDPOINT })
    assert.deepEqual(stepsOf(answer).at(-1), 'logstore')
  })
})

describe('the endpoint that tests a connection, without a secret', () => {
  const admin = Guarded.forAll()
  const stored = (): Fields => ({ ...admin.typed, id: 'stored', accessKeySecret: null })

  it('has none for a project that is not deployed, or is none', async () => {
    for (const id of ['', 'unknown', 'tls']) {
      assert.deepEqual(refusalOf(await admin.post({ ...stored(), id })), [400, 'secret-needed'])
    }
  })

  it('sends the value of no variable to a host that is typed', async () => {
    const silent = await admin.resources.started(startSilentServer())
    const bootstrap = `localhost:${silent.port}`
    for (const change of [
      { accessKeySecret: '${A_VARIABLE}' },
      { accessKeyId: '${A_VARIABLE}' },
      { logstore: '${THE_SECRET}' },
    ]) {
      const { status, lines, text } = await admin.post({ ...admin.typed, bootstrap, ...change })
      assert.equal(status, 400)
      assert.match(String(lines[0]?.['refusal']), /secret-needed|settings-invalid/)
      assert.ok(!text.includes(VARIABLE) && !text.includes(STORED.accessKeySecret), text)
    }
  })

  it('tells what is wrong with a variable, and not its value', async () => {
    const answer = await admin.post({
      ...stored(),
      project: '${NOT_A_NAME}',
      logstore: '${NOT_SET}',
    })
    assert.deepEqual(refusalOf(answer), [400, 'settings-invalid'])
    assert.ok(!answer.text.includes('Not A Name'), answer.text)
  })
})
