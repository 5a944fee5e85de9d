import type { Case, Pair } from '../case'
import { counter, ourFlow } from '../measure/flow'
import { TEXT_200 } from '../measure/logs'
import { drained, withNodeRed } from '../measure/node-red'

/** The records of all nodes together; each node reads its share in a group of its own. */
const RECORDS = 600_000
const SHARDS = 4
const NODES = [5, 20] as const
const MEBIBYTE = 1_048_576

interface Figures {
  readonly recordsPerSecond: number
  /** The memory in use after all records and a garbage collection. */
  readonly memory: number
}

/** Checks that more nodes in one Node-RED cost no throughput, and little memory each. */
export const nodes: Case = {
  name: 'nodes',
  kind: 'usual',
  rounds: 3,
  rows: [
    ...NODES.map((count) => ({
      title: `${count} nodes / 1 node in one Node-RED, emit: record, 200 B`,
      unit: 'records/s',
      wanted: { least: 0.8 },
    })),
    { title: `memory per added node, of ${NODES[1]}`, unit: 'MiB', wanted: null },
  ],
  async start(bench) {
    const endpoint = await bench.endpoint()
    const measure = async (count: number): Promise<Figures> => {
      const logstore = await endpoint.logstore(TEXT_200, RECORDS / count, SHARDS)
      const consumer = { logstore }
      const flows = Array.from({ length: count }, (_, index) =>
        ourFlow({ endpoint, consumer, target: 'counter', id: `${index}-` }),
      )
      // One tab for all.
      const unique = new Map([...flows.flat(), counter(RECORDS)].map((node) => [node.id, node]))
      return withNodeRed(
        [...unique.values()],
        async (nodeRed) => {
          const { recordsPerSecond } = await drained(nodeRed)
          const response = await nodeRed.request('/test/memory')
          const { heapUsed, external } = (await response.json()) as NodeJS.MemoryUsage
          return { recordsPerSecond, memory: heapUsed + external }
        },
        { env: { NODE_OPTIONS: '--expose-gc' } },
      )
    }
    return async () => {
      const one = await measure(1)
      const few = await measure(NODES[0])
      const many = await measure(NODES[1])
      const perNode = (many.memory - one.memory) / (NODES[1] - 1) / MEBIBYTE
      return [pair(few, one), pair(many, one), { ours: perNode, reference: null }]
    }
  },
}

function pair(ours: Figures, reference: Figures): Pair {
  return { ours: ours.recordsPerSecond, reference: reference.recordsPerSecond }
}
