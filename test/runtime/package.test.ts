import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEmulator } from '../support/emulator'
import { flowWith } from '../support/flow'
import { startNodeRed, startSink, type NodeRed, type Sink } from '../support/node-red'
import { repositoryRoot } from '../support/node-red/repository'
import { Resources } from '../support/resources'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly 'node-red': Readonly<Record<'nodes' | 'plugins', Readonly<Record<string, string>>>>
}

interface Package {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

interface NodeSet {
  readonly module: string
  readonly name: string
  readonly types: readonly string[]
  readonly enabled: boolean
  readonly err?: string
}

const LOGSTORE = 'access-log'
const LANGUAGES = ['en-US', 'zh-CN']
/** kafkajs comes from the registry. */
const INSTALL_MS = 60_000

/** Everything that may be in the package. */
const PACKED = [
  /^(package\.json|LICENSE|README(\.[\w-]+)?\.md)$/,
  /^dist\/lib\/[\w/-]+\.js(\.map)?$/,
  /^dist\/nodes\/[\w/-]+\.(js|js\.map|html|json|svg)$/,
  /^dist\/plugins\/[\w/-]+\.(js|js\.map|html|json)$/,
  /^dist\/cli\/[\w/-]+\.(js|js\.map|json)$/,
  /^examples\/(dashboard\/)?[^/]+\.json$/,
]

describe('the package', () => {
  const resources = new Resources()
  let manifest: Manifest
  let folder: string
  let packed: Package

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'package-'))
    resources.onEnd(() => rm(folder, { recursive: true }))
    manifest = JSON.parse(
      await readFile(join(repositoryRoot(), 'package.json'), 'utf8'),
    ) as Manifest
    packed = await pack(folder)
  })

  after(() => resources.end())

  it('has what runs, the examples, README and LICENSE, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path)
    assert.deepEqual(
      paths.filter((path) => !PACKED.some((pattern) => pattern.test(path))),
      [],
    )
    const nodeFiles = Object.entries(manifest['node-red'].nodes).flatMap(([name, program]) => [
      program,
      program.replace(/js$/, 'html'),
      ...LANGUAGES.flatMap((language) =>
        ['json', 'html'].map((ext) => `dist/nodes/${name}/locales/${language}/${name}.${ext}`),
      ),
    ])
    const pluginFiles = Object.entries(manifest['node-red'].plugins).flatMap(([name, program]) => [
      program,
      program.replace(/js$/, 'html'),
      ...LANGUAGES.map((language) => `dist/plugins/${name}/locales/${language}/${name}.json`),
    ])
    const wanted = [
      ...['LICENSE', 'README.md', 'dist/nodes/sls-kafka-in/icons/sls-kafka.svg'],
      ...Object.values(manifest.bin),
      ...LANGUAGES.map((language) => `dist/cli/locales/${language}.json`),
    ]
    assert.deepEqual(
      [...wanted, ...nodeFiles, ...pluginFiles].filter((path) => !paths.includes(path)),
      [],
    )
    assert.ok(paths.some((path) => path.startsWith('examples/')))
  })

  describe('installed into an empty user directory', () => {
    let records: Sink
    let nodeRed: NodeRed
    let userDir: string

    before(async () => {
      userDir = join(folder, 'user-dir')
      const endpoint = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
      records = await resources.started(startSink())
      const reports = await resources.started(startSink())
      await endpoint.append(LOGSTORE, [{ level: 'info', message: 'installed' }])
      await install(join(folder, packed.filename), userDir)
      const consumer = { logstore: LOGSTORE, group: 'g', startFrom: 'earliest', format: 'auto' }
      nodeRed = await resources.started(
        startNodeRed({
          userDir,
          nodesDir: [],
          flows: flowWith({ service: endpoint, consumer, records, reports }),
        }),
      )
    })

    it('registers its node types without a word of warning', async () => {
      const headers = { Accept: 'application/json' }
      const sets = (await (await nodeRed.request('/nodes', { headers })).json()) as NodeSet[]
      const own = sets.filter(({ module }) => module === manifest.name)
      assert.deepEqual(
        own.map(({ name, types, enabled, err }) => ({ name, types, enabled, err })),
        Object.keys(manifest['node-red'].nodes).map((name) => ({
          name,
          types: [name],
          enabled: true,
          err: undefined,
        })),
      )
      const warnings = nodeRed.logs().filter((line) => /\[(warn|error)\].*sls/.test(line))
      assert.deepEqual(warnings, [])
    })

    it('has the monitor, with the licence of what it draws with', async () => {
      const headers = { Accept: 'application/json' }
      const sets = (await (await nodeRed.request('/plugins', { headers })).json()) as NodeSet[]
      assert.deepEqual(
        sets.filter(({ module }) => module === manifest.name).map(({ name, err }) => [name, err]),
        Object.keys(manifest['node-red'].plugins).map((name) => [name, undefined]),
      )
      const html = await (
        await nodeRed.request('/plugins', { headers: { Accept: 'text/html' } })
      ).text()
      assert.match(html, /Copyright \(c\) \d+ Leon Sorokin[^]*THE SOFTWARE IS PROVIDED/)
      assert.match(html, /\.uplot \{/)
    })

    it('has the command that diagnoses a connection, with its texts', async () => {
      const command = join(userDir, 'node_modules', '.bin', 'sls-kafka-doctor')
      const { stdout } = await promisify(execFile)(command, ['--help', '--lang', 'zh'])
      assert.match(stdout, /^sls-kafka-doctor：[^]*--logstore/)
    })

    it('reads a logstore', async () => {
      const [message] = await records.waitFor(1)
      assert.deepEqual(message?.payload, { level: 'info', message: 'installed' })
      assert.equal(await nodeRed.stop(), 0, 'exit code of Node-RED')
    })
  })
})

/** Packs what is built; the script that builds would take the ground from under the tests. */
async function pack(folder: string): Promise<Package> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await promisify(execFile)('npm', args, { cwd: repositoryRoot() })
  const [packed] = JSON.parse(stdout) as Package[]
  assert.ok(packed, 'npm pack has packed nothing')
  return packed
}

async function install(tarball: string, userDir: string): Promise<void> {
  await mkdir(userDir)
  await writeFile(join(userDir, 'package.json'), '{"name": "user-dir", "private": true}\n')
  const args = ['install', '--no-audit', '--no-fund', tarball]
  try {
    await promisify(execFile)('npm', args, { cwd: userDir, timeout: INSTALL_MS })
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string }
    throw new Error(
      `npm could not install the package within ${INSTALL_MS / 1000} s. It needs the npm registry ` +
        `for kafkajs; is there a network?\n${stderr}`,
      { cause },
    )
  }
}
