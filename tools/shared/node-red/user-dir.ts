import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from '../repository'

/** A node as flow files have it. Nodes with x and y are flow nodes, those without are config nodes. */
export interface FlowNode {
  readonly id: string
  readonly type: string
  readonly credentials?: Readonly<Record<string, string>>
  readonly [property: string]: unknown
}

export interface UserDirContent {
  readonly settings: Readonly<Record<string, unknown>>
  /** The flow file; undefined leaves what an earlier start with this folder has left. */
  readonly flows: readonly FlowNode[] | undefined
}

/** The nodes that only tests load, compiled beside this file. */
const TEST_NODES = ['test-sink', 'runtime-events']

/** Fills a Node-RED user directory, a new temporary one if none is given, and returns its path. */
export async function prepareUserDir(
  existing: string | undefined,
  { settings, flows }: UserDirContent,
): Promise<string> {
  const userDir = existing ?? (await mkdtemp(join(tmpdir(), 'node-red-')))
  await mkdir(userDir, { recursive: true })
  await writeFile(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)}\n`)
  if (flows !== undefined) await writeFlows(userDir, flows, settings['credentialSecret'])
  await addTestNodes(join(userDir, 'nodes'))
  return userDir
}

/** Node-RED keeps credentials in a file of their own. */
async function writeFlows(
  userDir: string,
  flows: readonly FlowNode[],
  secret: unknown,
): Promise<void> {
  const nodes = flows.map((node) => ({ ...node, credentials: undefined }))
  const credentials = Object.fromEntries(
    flows.flatMap((node) => (node.credentials === undefined ? [] : [[node.id, node.credentials]])),
  )
  await writeFile(join(userDir, 'flows.json'), JSON.stringify(nodes))
  await writeFile(
    join(userDir, 'flows_cred.json'),
    JSON.stringify(typeof secret === 'string' ? encrypt(credentials, secret) : credentials),
  )
}

/** As Node-RED does it: it takes a plain file too, but not without a warning in the log. */
function encrypt(credentials: object, secret: string): { $: string } {
  const key = createHash('sha256').update(secret).digest()
  const vector = randomBytes(16)
  const cipher = createCipheriv('aes-256-ctr', key, vector)
  const text = cipher.update(JSON.stringify(credentials), 'utf8', 'base64') + cipher.final('base64')
  return { $: vector.toString('hex') + text }
}

/** Node-RED loads what lies in a user directory's `nodes` folder. */
async function addTestNodes(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const sources = join(repositoryRoot(), 'tools', 'shared', 'node-red', 'nodes')
  for (const name of TEST_NODES) {
    const compiled = JSON.stringify(join(__dirname, 'nodes', `${name}.js`))
    await writeFile(join(folder, `${name}.js`), `module.exports = require(${compiled}).default\n`)
    await copyFile(join(sources, `${name}.html`), join(folder, `${name}.html`))
  }
}
