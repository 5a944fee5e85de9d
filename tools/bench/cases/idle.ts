import { setTimeout as delay } from 'node:timers/promises'
import type { Case } from '../case'
import { ourFlow } from '../measure/flow'
import { joined } from '../measure/joined'
import { startNodeRed } from '../../shared/node-red'
import { cpuSeconds } from '../measure/process'
import { startClient } from '../measure/stock'

const NODES = 10
const SHARDS = 4
const LOGSTORE = 'idle'
const ROUND_SECONDS = 20
/** Time until the clients fetch rarely, and the code of the start is compiled. */
const SETTLE_MS = 20_000

/**
 * Compares ten nodes that have nothing to read, less a Node-RED without them, with ten consumers of kafkajs
 * in one Node.js process. All run at the same time, so that other load of the machine affects them alike.
 */
export const idle: Case = {
  name: 'idle',
  kind: 'usual',
  rounds: 3,
  rows: [
    {
      title: '10 idle nodes / 10 × stock kafkajs',
      unit: '% of a core',
      wanted: { most: 0.22 },
    },
  ],
  async start(bench, resources) {
    const endpoint = await bench.endpoint()
    await endpoint.service.createLogstore(LOGSTORE, SHARDS)
    const groups = Array.from({ length: NODES }, () => endpoint.group())
    const flows = groups.map((group, index) =>
      ourFlow({ endpoint, consumer: { logstore: LOGSTORE, group }, target: '', id: `${index}-` }),
    )
    const subscriptions = groups.map(() => endpoint.subscription(LOGSTORE))
    const empty = await resources.started(startNodeRed({ flows: [] }))
    const unique = new Map(flows.flat().map((node) => [node.id, node]))
    const full = await resources.started(startNodeRed({ flows: [...unique.values()] }))
    const stock = await resources.started(startClient('stock-idle', subscriptions))
    await joined(endpoint, [...groups, ...subscriptions.map(({ group }) => group)])
    await delay(SETTLE_MS)
    return async () => {
      const pids = [empty.pid, full.pid, stock.pid]
      const from = pids.map(cpuSeconds)
      await delay(ROUND_SECONDS * 1000)
      const [none = NaN, ours = NaN, reference = NaN] = pids.map(
        (pid, index) => (100 * (cpuSeconds(pid) - (from[index] ?? NaN))) / ROUND_SECONDS,
      )
      return [{ ours: ours - none, reference }]
    }
  },
}
