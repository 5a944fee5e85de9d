import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import type { Language } from '../support/locales'
import { PROJECT } from '../support/alibaba-hosts'
import { ACCESS_KEY, EditorBench, LOGSTORE, SHARDS } from './support/editor-bench'
import type { Editor } from './support/editor'
import { ProjectDialog } from './support/project-dialog'

interface Typed {
  readonly endpoint?: string
  readonly port?: string
  readonly bootstrap?: string
  readonly secret?: string
  readonly logstore?: string
}

interface Case {
  readonly what: string
  readonly typed: Typed
  readonly steps: readonly string[]
  readonly says: Readonly<Record<Language, RegExp>>
}

const ENDPOINT = 'cn-hangzhou.log.aliyuncs.com'
const passed = (...names: string[]): string[] => names.map((name) => `${name} | passed | N ms`)
const failed = (name: string): string => `${name} | failed | N ms`

const CASES: readonly Case[] = [
  {
    what: 'a host that is not found',
    typed: { endpoint: 'no-such-host.invalid' },
    steps: [failed('Host name')],
    says: {
      'en-US': /SLS_HOST_NOT_FOUND[^]*shop-prod\.no-such-host\.invalid cannot be resolved/,
      'zh-CN': /SLS_HOST_NOT_FOUND[^]*shop-prod\.no-such-host\.invalid/,
    },
  },
  {
    what: 'a port that is closed',
    typed: { port: '1' },
    steps: [...passed('Host name'), failed('Port')],
    says: {
      'en-US': /SLS_UNREACHABLE[^]*:1 \(connection refused\)[^]*intranet/,
      'zh-CN': /SLS_UNREACHABLE[^]*:1[^]*连接被拒绝[^]*私网/,
    },
  },
  {
    what: 'a wrong AccessKey',
    typed: { secret: 'not-the-secret' },
    steps: [...passed('Host name', 'Port', 'Certificate'), failed('AccessKey')],
    says: {
      'en-US': /SLS_AUTH_FAILED[^]*LTAI\*{4}t42 for project "shop-prod"/,
      'zh-CN': /SLS_AUTH_FAILED[^]*LTAI\*{4}t42[^]*shop-prod/,
    },
  },
  {
    what: 'a logstore that does not exist',
    typed: { logstore: 'nginx-acces' },
    steps: [
      ...passed('Host name', 'Port', 'Certificate', 'AccessKey'),
      failed('Logstore nginx-acces'),
    ],
    says: {
      'en-US': /SLS_LOGSTORE_NOT_FOUND[^]*"shop-prod" has no logstore "nginx-acces"/,
      'zh-CN': /SLS_LOGSTORE_NOT_FOUND[^]*shop-prod[^]*nginx-acces/,
    },
  },
]

/** Fills in the dialog of a new project; for the tests of one `describe`, at most ten a minute. */
class Bench {
  readonly #bench = EditorBench.forAll()

  get whole(): EditorBench {
    return this.#bench
  }

  /** @returns the dialog, opened from that of a node if a logstore is typed there */
  async fill(typed: Typed, language: Language = 'en-US'): Promise<ProjectDialog> {
    const editor = await this.#bench.open([], { language })
    const project = new ProjectDialog(
      typed.logstore === undefined
        ? await editor.editConfig('sls-project')
        : await openFromNode(editor, typed.logstore),
    )
    const { dialog } = project
    await dialog.fill('project', PROJECT)
    await dialog.fill('endpoint', typed.endpoint ?? ENDPOINT)
    await dialog.fill('accessKeyId', ACCESS_KEY.accessKeyId)
    await dialog.fill('accessKeySecret', typed.secret ?? ACCESS_KEY.accessKeySecret)
    await project.openAdvanced()
    if (typed.port !== undefined) await dialog.fill('port', typed.port)
    if (typed.bootstrap !== undefined) await dialog.fill('bootstrap', typed.bootstrap)
    return project
  }
}

async function openFromNode(editor: Editor, logstore: string): Promise<ProjectDialog['dialog']> {
  const reader = await editor.drag('sls-kafka-in', { x: 200, y: 120 })
  const below = await editor.edit(reader)
  await below.fill('logstore', logstore)
  return below.addConfig('project')
}

describe('the connection test of a project', () => {
  const bench = new Bench()

  it('passes each step before anything is deployed, and joins no group', async () => {
    const project = await bench.fill({ logstore: LOGSTORE })
    assert.match(await project.test(), /Everything is in order/)
    assert.deepEqual(await project.outcomes(), [
      ...passed('Host name', 'Port', 'Certificate', 'AccessKey'),
      `Logstore ${LOGSTORE} | passed | shards: ${SHARDS} · N ms`,
    ])
    assert.deepEqual((await bench.whole.endpoint.state()).groups, [])
  })

  it('tells what it could not try while no logstore is known', async () => {
    const project = await bench.fill({})
    assert.match(await project.test(), /Whether a logstore may be read/)
    assert.equal((await project.outcomes()).length, 4)
  })

  for (const { what, typed, steps, says } of CASES) {
    it(`stops at ${what}, and says what to do`, async () => {
      const project = await bench.fill(typed)
      assert.match(await project.test(), says['en-US'])
      assert.deepEqual(await project.outcomes(), steps)
    })
  }

  it('stops at what does not speak TLS', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    bench.whole.resources.onEnd(async () => {
      server.close()
      await once(server, 'close')
    })
    const { port } = server.address() as AddressInfo
    const project = await bench.fill({ bootstrap: `localhost:${port}` })
    assert.match(await project.test(), /SLS_TLS_FAILED[^]*does not speak TLS/)
    assert.deepEqual(await project.outcomes(), [
      ...passed('Host name', 'Port'),
      failed('Certificate'),
    ])
  })

  it('says what is missing, with the text of the field', async () => {
    const project = await bench.fill({ endpoint: '', secret: '' })
    const text = await project.test()
    assert.match(text, /region \(endpoint\) is missing/)
    assert.match(text, /AccessKey is incomplete/)
  })
})

describe('the connection test of a project in Chinese', () => {
  const bench = new Bench()

  for (const { what, typed, says } of CASES) {
    it(`stops at ${what}, and says what to do`, async () => {
      const project = await bench.fill(typed, 'zh-CN')
      const text = await project.test()
      assert.match(text, says['zh-CN'])
      assert.match(text, /\p{Script=Han}{4}/u)
    })
  }
})

describe('the connection test of a project that is deployed', () => {
  const bench = EditorBench.forAll()

  it('takes the secret that is stored, and sends it to no other host', async () => {
    const editor = await bench.open([
      {
        id: 'stored',
        type: 'sls-project',
        version: 1,
        name: '',
        project: PROJECT,
        endpoint: ENDPOINT,
        port: '',
        bootstrap: '',
        tls: '',
        credentials: ACCESS_KEY,
      },
    ])
    const project = new ProjectDialog(await editor.editConfig('sls-project', 'stored'))
    assert.equal(await project.dialog.valueOf('accessKeySecret'), '__PWRD__')
    assert.match(await project.test(), /The AccessKey was accepted/)
    await project.dialog.fill('endpoint', 'log.example.com')
    assert.match(await project.test(), /Type the AccessKey Secret/)
    await project.dialog.fill('endpoint', ENDPOINT)
    await project.dialog.fill('accessKeySecret', 'another')
    assert.match(await project.test(), /SLS_AUTH_FAILED/)
  })
})
