import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import type { Language } from '../support/locales'
import { PROJECT } from '../support/alibaba-hosts'
import { ACCESS_KEY, EditorRig, LOGSTORE, SHARDS } from './support/editor-rig'
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
const INTRANET = 'cn-hangzhou-intranet.log.aliyuncs.com'
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
      'en-US': /^(?![^]*intranet)[^]*SLS_UNREACHABLE[^]*:1 \(connection refused\)/,
      'zh-CN': /^(?![^]*私网)[^]*SLS_UNREACHABLE[^]*:1[^]*连接被拒绝/,
    },
  },
  {
    what: 'a port of the intranet that is closed',
    typed: { endpoint: INTRANET, port: '1' },
    steps: [...passed('Host name'), failed('Port')],
    says: {
      'en-US': /SLS_UNREACHABLE[^]*:1 \(connection refused\)[^]*intranet address works only/,
      'zh-CN': /SLS_UNREACHABLE[^]*:1[^]*连接被拒绝[^]*私网地址只能/,
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
class ConnectionTestRig {
  readonly #rig = EditorRig.forAll()

  get whole(): EditorRig {
    return this.#rig
  }

  /** @returns the dialog, opened from that of a node if a logstore is typed there */
  async fill(typed: Typed, language: Language = 'en-US'): Promise<ProjectDialog> {
    const editor = await this.#rig.open([], { language })
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
  const rig = new ConnectionTestRig()

  it('passes each step before anything is deployed, and joins no group', async () => {
    const project = await rig.fill({ logstore: LOGSTORE })
    assert.match(await project.test(), /Reading works/)
    assert.deepEqual(await project.outcomes(), [
      ...passed('Host name', 'Port', 'Certificate', 'AccessKey'),
      `Logstore ${LOGSTORE} | passed | shards: ${SHARDS} · N ms`,
    ])
    assert.deepEqual((await rig.whole.emulator.state()).groups, [])
  })

  it('tells what it could not try while no logstore is known', async () => {
    const project = await rig.fill({})
    assert.match(await project.test(), /Fill in a logstore to check/)
    assert.equal((await project.outcomes()).length, 4)
  })

  for (const { what, typed, steps, says } of CASES) {
    it(`stops at ${what}, and says what to do`, async () => {
      const project = await rig.fill(typed)
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
    rig.whole.resources.onEnd(async () => {
      server.close()
      await once(server, 'close')
    })
    const { port } = server.address() as AddressInfo
    const project = await rig.fill({ bootstrap: `localhost:${port}` })
    assert.match(await project.test(), /SLS_TLS_FAILED[^]*does not speak TLS/)
    assert.deepEqual(await project.outcomes(), [
      ...passed('Host name', 'Port'),
      failed('Certificate'),
    ])
  })

  it('says what is missing, with the text of the field', async () => {
    const project = await rig.fill({ endpoint: '', secret: '' })
    const text = await project.test()
    assert.match(text, /region \(endpoint\) is missing/)
    assert.match(text, /AccessKey is incomplete/)
  })
})

describe('the result of a connection test', () => {
  const rig = new ConnectionTestRig()

  it('disappears when a tested field changes, and not when another one does', async () => {
    const project = await rig.fill({ port: '1' })
    const { dialog } = project
    await project.test()
    await dialog.type('name', 'Shop')
    await dialog.field('port').focus()
    await dialog.field('port').blur()
    assert.equal(await project.steps.count(), 2)
    await dialog.field('port').press('End')
    await dialog.field('port').press('0')
    await project.steps.first().waitFor({ state: 'detached' })
    assert.equal(await project.conclusion.count(), 0)
  })

  it('scrolls into view', async () => {
    const project = await rig.fill({ port: '1' })
    const { page } = project.dialog
    await page.setViewportSize({ width: 1280, height: 500 })
    await project.openPolicy()
    await project.test()
    const isVisible = await project.conclusion.evaluate((box) => {
      const { left, bottom } = box.getBoundingClientRect()
      const found = document.elementFromPoint(left + 4, bottom - 4)
      return found !== null && box.contains(found)
    })
    assert.ok(isVisible)
  })
})

describe('the connection test of a project in Chinese', () => {
  const rig = new ConnectionTestRig()

  for (const { what, typed, says } of CASES) {
    it(`stops at ${what}, and says what to do`, async () => {
      const project = await rig.fill(typed, 'zh-CN')
      const text = await project.test()
      assert.match(text, says['zh-CN'])
      assert.match(text, /\p{Script=Han}{4}/u)
    })
  }
})

describe('the connection test of a project that is deployed', () => {
  const rig = EditorRig.forAll()

  it('takes the secret that is stored, and sends it to no other host', async () => {
    const editor = await rig.open([
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
    assert.match(await project.test(), /type the AccessKey Secret itself/)
    await project.dialog.fill('endpoint', ENDPOINT)
    await project.dialog.fill('accessKeySecret', 'another')
    assert.match(await project.test(), /SLS_AUTH_FAILED/)
  })
})
