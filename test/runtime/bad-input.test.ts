import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../support/apache-kafka/ports'
import type { ServiceAddress } from '../support/consumer-options'
import { startEmulator, type RunningEmulator, type StartOptions } from '../support/emulator'
import { Resources } from '../support/resources'
import type { SinkMessage } from '../support/node-red'
import { FailingNode, type Changes } from './support/failing-node'
import { LATE_NAME, LATE_NAME_FILE } from './support/late-name'
import { deleteGroups, useGroups } from './support/other-groups'
import { startSilentServer, type SilentServer } from './support/silent-server'

const LOGSTORE = 'access-log'
const SHARDS = 2
const ACCESS_KEY = {
  accessKeyId: 'LTAI5tTestTestTestTest42',
  accessKeySecret: 'KEEP-THIS-TO-YOURSELF',
}
const RIGHT: Changes = { consumer: { logstore: LOGSTORE } }

/** The first try and two more, 2 s and 4 s later. */
const TRIES = 3

interface WrongSetting {
  readonly title: string
  /** What the error says to the user. */
  readonly says: RegExp
  readonly changes: Changes
}

const WRONG_SETTINGS: readonly WrongSetting[] = [
  {
    title: 'no logstore',
    says: /Logstore is missing/,
    changes: { consumer: { logstore: '' } },
  },
  {
    title: 'no group',
    says: /Group is missing/,
    changes: { consumer: { ...RIGHT.consumer, group: '' } },
  },
  {
    title: 'no project node',
    says: /Project is missing/,
    changes: { consumer: { ...RIGHT.consumer, project: '' } },
  },
  {
    title: 'a logstore with impossible characters',
    says: /Logstore "Access Log" is no logstore name: .*lowercase letters/,
    changes: { consumer: { logstore: 'Access Log' } },
  },
  {
    title: 'a project with impossible characters',
    says: /project's name "Shop_Prod" is no project name: .*lowercase letters/,
    changes: { ...RIGHT, project: { project: 'Shop_Prod' } },
  },
  {
    title: 'half an AccessKey',
    says: /AccessKey is incomplete/,
    changes: { ...RIGHT, project: { credentials: { accessKeyId: ACCESS_KEY.accessKeyId } } },
  },
  {
    title: 'a setting from a variable that is not set',
    says: /Logstore: the environment variable NO_SUCH_VARIABLE is not set/,
    changes: { consumer: { logstore: '${NO_SUCH_VARIABLE}' } },
  },
  {
    title: 'a secret from a variable that is not set',
    says: /AccessKey Secret: the environment variable NO_SUCH_VARIABLE is not set/,
    changes: {
      ...RIGHT,
      project: { credentials: { ...ACCESS_KEY, accessKeySecret: '${NO_SUCH_VARIABLE}' } },
    },
  },
  {
    title: 'a TLS configuration that verifies no certificate',
    says: /turns the verification of certificates off/,
    changes: { ...RIGHT, tls: { verifyservercert: false } },
  },
]

/** How a service that fails is set up. */
interface Situation {
  /** Where the flow looks for the service. */
  readonly port: number
  readonly changes?: Changes
  readonly env?: Readonly<Record<string, string>>
  /** Takes the cause away. Without it the flow is what is wrong, and a right one is deployed. */
  readonly mend?: () => Promise<unknown>
  /** Logins that the service has counted, if it is asked for any. */
  readonly logins?: () => Promise<number>
}

interface FailingService {
  readonly title: string
  readonly code: string
  readonly statusText: string
  /** What the error also says to the user. */
  readonly says?: RegExp
  /** Default `TRIES`; fewer where each takes long. */
  readonly tries?: number
  readonly arrange: (given: Given) => Promise<Situation>
}

interface Given {
  /** Starts an endpoint whose certificate the flow trusts, with the flow's AccessKey and logstore. */
  readonly start: (options?: StartOptions) => Promise<RunningEmulator>
  /** Starts a server that takes connections and never answers. */
  readonly silent: () => Promise<SilentServer>
  /** A folder of this test. */
  readonly folder: string
}

const FAILING_SERVICES: readonly FailingService[] = [
  {
    title: 'a bootstrap whose name cannot be resolved yet',
    code: 'SLS_HOST_NOT_FOUND',
    statusText: 'host-not-found',
    arrange: async ({ start, folder }) => {
      const { port } = await start()
      const file = join(folder, 'the-name-exists')
      return {
        port,
        changes: {
          ...RIGHT,
          project: { bootstrap: `${LATE_NAME}:${port}` },
          tls: { servername: 'localhost' },
        },
        env: {
          NODE_OPTIONS: `--require ${JSON.stringify(require.resolve('./support/late-name'))}`,
          [LATE_NAME_FILE]: file,
        },
        mend: () => writeFile(file, ''),
      }
    },
  },
  {
    title: 'an endpoint whose name cannot be resolved',
    code: 'SLS_HOST_NOT_FOUND',
    statusText: 'host-not-found',
    arrange: async ({ start }) => ({
      port: (await start()).port,
      changes: { ...RIGHT, project: { endpoint: 'no-such-host.invalid', bootstrap: '' } },
    }),
  },
  {
    title: 'a port on which nobody listens',
    code: 'SLS_UNREACHABLE',
    statusText: 'unreachable',
    arrange: async ({ start }) => {
      const [port = 0] = await freePorts(1)
      return { port, mend: () => start({ port }) }
    },
  },
  {
    title: 'a certificate without the CA that signed it',
    code: 'SLS_TLS_FAILED',
    statusText: 'certificate',
    arrange: async ({ start }) => ({
      port: (await start()).port,
      changes: { ...RIGHT, tls: { credentials: { cadata: '' } } },
    }),
  },
  {
    title: 'a certificate that another CA has signed',
    code: 'SLS_TLS_FAILED',
    statusText: 'certificate',
    arrange: async ({ start, folder }) => {
      const stranger = await start({ certificates: join(folder, 'of-a-stranger') })
      const { port } = stranger
      return {
        port,
        mend: async () => {
          await stranger.stop()
          await start({ port })
        },
      }
    },
  },
  ...(['sasl', 'topic'] as const).map((refusal): FailingService => ({
    title: `a wrong AccessKey, refused ${refusal === 'sasl' ? 'at the login' : 'for the logstore'}`,
    code: 'SLS_AUTH_FAILED',
    statusText: 'access-key-refused',
    arrange: async ({ start }) => {
      const flags = ['--auth-failure', refusal]
      const endpoint = await start({ accessKeySecret: 'another-secret', flags })
      return {
        port: endpoint.port,
        mend: () => endpoint.setAccessKey(ACCESS_KEY.accessKeyId, ACCESS_KEY.accessKeySecret),
        logins: () => loginsOf(endpoint),
      }
    },
  })),
  {
    title: 'a logstore that does not exist',
    code: 'SLS_LOGSTORE_NOT_FOUND',
    statusText: 'logstore-not-found',
    arrange: async ({ start }) => {
      const endpoint = await start({ logstores: { 'another-log': 1 } })
      return {
        port: endpoint.port,
        mend: () => endpoint.createLogstore(LOGSTORE, SHARDS),
        logins: () => loginsOf(endpoint),
      }
    },
  },
  {
    // The endpoint of another region knows nothing of the project's logstores.
    title: 'the endpoint of another region',
    code: 'SLS_LOGSTORE_NOT_FOUND',
    statusText: 'logstore-not-found',
    says: /spelling and the region/,
    arrange: async ({ start }) => {
      const elsewhere = await start({ logstores: { 'log-of-another-region': 1 } })
      const { port } = elsewhere
      return {
        port,
        mend: () => elsewhere.stop().then(() => start({ port })),
        logins: () => loginsOf(elsewhere),
      }
    },
  },
  {
    title: 'an intranet address from outside, where nothing answers',
    code: 'SLS_UNREACHABLE',
    statusText: 'unreachable',
    says: /intranet address works only inside Alibaba Cloud/,
    tries: 1,
    arrange: async ({ start, silent }) => {
      const server = await silent()
      const { port } = server
      return {
        port,
        changes: {
          ...RIGHT,
          project: { endpoint: 'cn-hangzhou-intranet.log.aliyuncs.com' },
          tls: { servername: 'localhost' },
        },
        mend: () => server.stop().then(() => start({ port })),
      }
    },
  },
  {
    title: 'a sixteenth group',
    code: 'SLS_GROUP_LIMIT',
    statusText: 'group-limit',
    says: /15 groups/,
    arrange: async ({ start }) => {
      const endpoint = await start()
      const others = Array.from({ length: 15 }, (_, index) => `other-${index}`)
      await useGroups(endpoint, LOGSTORE, others)
      return {
        port: endpoint.port,
        changes: { consumer: { ...RIGHT.consumer, startFrom: 'latest' } },
        mend: () => deleteGroups(endpoint, others.slice(0, 2)),
      }
    },
  },
]

async function loginsOf(endpoint: RunningEmulator): Promise<number> {
  const { logins } = await endpoint.state()
  return logins.accepted + logins.refused
}

/** What a user reads of each, in both languages; printed at the end. */
interface Row {
  readonly title: string
  readonly english: string
  readonly chinese: string
}

describe('bad input', () => {
  const resources = new Resources()
  const table: Row[] = []
  let folder: string
  let trusted: ServiceAddress
  /** The endpoint that was started last. */
  let endpoint: RunningEmulator

  async function start(options: StartOptions = {}): Promise<RunningEmulator> {
    endpoint = await resources.started(
      startEmulator({
        logstores: { [LOGSTORE]: SHARDS },
        certificates: join(folder, 'trusted'),
        ...ACCESS_KEY,
        ...options,
      }),
    )
    return endpoint
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bad-input-'))
    resources.onEnd(() => rm(folder, { recursive: true }))
    // The certificate stays in its folder, for whoever is started with it later.
    const first = await start()
    trusted = { ...first, ...ACCESS_KEY }
    await first.stop()
  })

  afterEach(() => resources.end())

  after(() => {
    for (const { title, english, chinese } of table) {
      console.log(`${title}\n  ${english}\n  ${chinese}\n`)
    }
  })

  /** Notes what the error says, and what a runtime in Chinese says instead. */
  async function note(
    title: string,
    english: SinkMessage,
    service: ServiceAddress,
    changes: Changes,
    env: Situation['env'] = {},
  ): Promise<void> {
    const { code = '', message: text = '' } = english.error ?? {}
    const node = await FailingNode.start(resources, service, { env, lang: 'zh-CN' })
    await node.deploy(changes)
    const chinese = (await node.caught(code)).error?.message ?? ''
    await node.stop()
    assert.ok(chinese.startsWith(`${code}: `), chinese)
    assert.match(chinese, /\p{Script=Han}{3}/u)
    table.push({ title, english: text, chinese })
  }

  /** Records reach the flow: one for each of the two nodes. */
  async function assertReads(node: FailingNode): Promise<void> {
    const from = node.records.messages.length
    await endpoint.append(LOGSTORE, ['{"reads": "again"}'])
    await node.records.waitFor(from + 2)
  }

  describe('in a setting is told at once and tries nothing', () => {
    for (const { title, says, changes } of WRONG_SETTINGS) {
      it(title, async () => {
        const { port } = await start()
        const node = await FailingNode.start(resources, { ...trusted, port })
        await node.deploy(changes)
        const caught = await node.caught('SLS_CONFIG_INVALID')
        assert.match(caught.error?.message ?? '', says)
        await node.shows({
          code: 'SLS_CONFIG_INVALID',
          statusText: 'config-invalid',
          state: 'failed',
        })
        assert.equal(node.caughtErrors.length, 1, 'errors at the Catch node')
        assertOneLine(node, 'SLS_CONFIG_INVALID')
        assert.equal((await endpoint.state()).connections.total, 0, 'connections')
        await note(title, caught, { ...trusted, port }, changes)

        await node.deploy(RIGHT)
        await assertReads(node)
        node.assertTellsNothingOf(ACCESS_KEY.accessKeySecret)
        assert.equal(await node.stop(), 0, 'exit code of Node-RED')
      })
    }
  })

  describe('of the service is told once and tried again with longer and longer waits', () => {
    for (const {
      title,
      code,
      statusText,
      says = /./,
      tries = TRIES,
      arrange,
    } of FAILING_SERVICES) {
      it(title, async () => {
        const situation = await arrange({
          start,
          silent: () => resources.started(startSilentServer()),
          folder,
        })
        const { port, changes = RIGHT, env = {}, mend, logins } = situation
        const node = await FailingNode.start(resources, { ...trusted, port }, { env })
        await node.deploy(changes)
        const caught = await node.caught(code)
        assert.match(caught.error?.message ?? '', says)
        await node.shows({ code, statusText, state: 'failed' })
        await node.hasTried(tries)
        assert.ok(node.failedTries <= node.mostTries, `${node.failedTries} tries`)
        if (logins) assert.ok((await logins()) <= node.mostTries, `${await logins()} logins`)
        assert.equal(node.caughtErrors.length, 1, 'errors at the Catch node')
        assertOneLine(node, code)
        await note(title, caught, { ...trusted, port }, changes, env)

        const recovers = node.recovers()
        await (mend ? mend() : node.deploy(RIGHT))
        await recovers
        if (mend) assertOneLine(node, 'recovered after')
        await assertReads(node)
        assert.equal(node.caughtErrors.length, 1, 'errors at the Catch node')
        node.assertTellsNothingOf(ACCESS_KEY.accessKeySecret)
        assert.equal(await node.stop(), 0, 'exit code of Node-RED')
      })
    }
  })

  describe('in a record with the format json is told and stepped over', () => {
    const BAD = 'not JSON {'

    it('a value that is not JSON, and an empty one', async () => {
      const { port } = await start()
      const node = await FailingNode.start(resources, { ...trusted, port })
      await node.deploy({ consumer: { ...RIGHT.consumer, format: 'json' } })
      await node.recovers()
      await endpoint.append(LOGSTORE, [BAD, BAD, '', '', '{"good": 1}'], { shard: 0 })

      const bad = await node.caught('SLS_DECODE_FAILED')
      assert.deepEqual([bad.payload, bad.value, bad.topic, bad.partition], [BAD, BAD, LOGSTORE, 0])
      const empty = await node.caught('SLS_VALUE_EMPTY')
      assert.deepEqual([empty.payload, empty.value, empty.topic], ['', '', LOGSTORE])
      await node.shows({ code: 'SLS_VALUE_EMPTY', statusText: 'not-json', state: 'consuming' })

      const [good] = await node.records.waitFor(2)
      assert.deepEqual(good?.payload, { good: 1 })
      assert.equal(node.caughtErrors.length, 4, 'errors at the Catch node')
      assertOneLine(node, 'SLS_DECODE_FAILED')
      assertOneLine(node, 'SLS_VALUE_EMPTY')

      await node.recovers()
      assert.equal(node.records.messages.length, 2, 'records of the flow')
      node.assertTellsNothingOf(ACCESS_KEY.accessKeySecret)
      assert.equal(await node.stop(), 0, 'exit code of Node-RED')
    })
  })
})

/** One line of each node's log has the text, however often there was reason for it. */
function assertOneLine(node: FailingNode, text: string): void {
  for (const logged of node.loggedLines) {
    const lines = logged.filter((line) => line.includes(text))
    assert.equal(lines.length, 1, `lines of the log for ${text}:\n${logged.join('\n')}`)
  }
}
