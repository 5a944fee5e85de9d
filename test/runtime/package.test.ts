import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEmulator } from '../../tools/emulator/process'
import { flowWith } from '../../tools/shared/flow'
import { startNodeRed, startSink, type NodeRed, type Sink } from '../../tools/shared/node-red'
import {
  contentProblems,
  packInto,
  readManifest,
  type Manifest,
  type NpmPackage,
} from '../../tools/shared/npm-package'
import { endedAfterAll } from '../support/suite'

interface NodeSet {
  readonly module: string
  readonly name: string
  readonly types: readonly string[]
  readonly enabled: boolean
  readonly err?: string
}

const LOGSTORE = 'access-log'
/** kafkajs comes from the registry. */
const INSTALL_MS = 60_000

describe('the package', () => {
  const resources = endedAfterAll()
  let manifest: Manifest
  let folder: string
  let packed: NpmPackage

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'package-'))
    resources.onEnd(() => rm(folder, { recursive: true }))
    manifest = await readManifest()
    // A build would remove the compiled tests while they run.
    packed = await packInto(folder, { builds: false })
  })

  it('has what runs, the examples, README and LICENSE, and nothing else', () => {
    assert.deepEqual(
      contentProblems(
        manifest,
        packed.files.map(({ path }) => path),
      ),
      [],
    )
  })

  describe('installed into an empty user directory', () => {
    let records: Sink
    let nodeRed: NodeRed
    let userDir: string

    before(async () => {
      userDir = join(folder, 'user-dir')
      const emulator = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
      records = await resources.started(startSink())
      const reports = await resources.started(startSink())
      await emulator.append(LOGSTORE, [{ level: 'info', message: 'installed' }])
      await install(join(folder, packed.filename), userDir)
      const consumer = { logstore: LOGSTORE, group: 'g', startFrom: 'earliest', format: 'auto' }
      nodeRed = await resources.started(
        startNodeRed({
          userDir,
          nodesDir: [],
          flows: flowWith({ service: emulator, consumer, records, reports }),
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
