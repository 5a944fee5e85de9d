import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNodeRed, type FlowNode, type NodeRed } from '../../shared/node-red'
import { repositoryRoot } from '../../shared/repository'
import type { Drained } from './drained'

const NODES = ['bench-counter', 'bench-minimal-in', 'bench-clock'] as const
const LONGEST_MS = 120_000

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  /** Folders with further nodes. */
  readonly others?: readonly string[]
}

/** Node-RED with the nodes of this package and those of the benchmarks. */
export async function withNodeRed<T>(
  flows: readonly FlowNode[],
  work: (nodeRed: NodeRed) => Promise<T>,
  { env = {}, others = [] }: Surroundings = {},
): Promise<T> {
  const nodesDir = await mkdtemp(join(tmpdir(), 'bench-nodes-'))
  try {
    await addNodes(nodesDir)
    const nodeRed = await startNodeRed({
      flows,
      nodesDir: [repositoryRoot(), nodesDir, ...others],
      env,
    })
    try {
      return await work(nodeRed)
    } finally {
      // Node-RED can end without leaving, because no other member is in the group.
      await nodeRed.kill()
    }
  } finally {
    await rm(nodesDir, { recursive: true })
  }
}

/** Runs a flow that ends in a counter, in a Node-RED of its own, until all records have come. */
export function drain(flows: readonly FlowNode[], surroundings?: Surroundings): Promise<Drained> {
  return withNodeRed(flows, drained, surroundings)
}

/** Resolves when all records have arrived. */
export async function drained(nodeRed: NodeRed): Promise<Drained> {
  const signal = AbortSignal.timeout(LONGEST_MS)
  return (await (await nodeRed.request('/bench/drained', { signal })).json()) as Drained
}

/** Adds the nodes of the benchmarks. Node-RED needs a script and a page for each node. */
async function addNodes(folder: string): Promise<void> {
  for (const name of NODES) {
    const compiled = JSON.stringify(join(__dirname, '..', 'nodes', `${name}.js`))
    await writeFile(join(folder, `${name}.js`), `module.exports = require(${compiled}).default\n`)
    await writeFile(join(folder, `${name}.html`), '')
  }
}
