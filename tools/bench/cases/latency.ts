import { setTimeout as delay } from 'node:timers/promises'
import type { Case } from '../case'
import type { Endpoint } from '../measure/endpoint'
import { clock, ourFlow } from '../measure/flow'
import { joined } from '../measure/joined'
import { withNodeRed } from '../measure/node-red'
import { stampedLog } from '../measure/stamp'
import { startClient } from '../measure/stock'
import { percentile } from '../../shared/statistics'

const SHARDS = 4
const RECORDS = 300
/** Time between two records of one client; the other client gets its record halfway between them. */
const INTERVAL_MS = 50
/** Records that do not count, because code is compiled during the first ones. */
const WARM_UP = 50
const SETTLE_MS = 2_000
const WANTED = [
  { percent: 50, most: 1.1 },
  { percent: 99, most: 1.3 },
] as const

/** Measures the time from before the request that appends a record until the record arrives. */
export const latency: Case = {
  name: 'latency',
  kind: 'usual',
  rounds: 5,
  rows: WANTED.map(({ percent, most }) => ({
    title: `append to message, p${percent} / stock kafkajs without Node-RED`,
    unit: 'ms',
    wanted: { most },
  })),
  async start(bench) {
    const endpoint = await bench.endpoint()
    return async (round) => {
      const logstores = [`latency-ours-${round}`, `latency-stock-${round}`] as const
      for (const name of logstores) await endpoint.service.createLogstore(name, SHARDS)
      const group = endpoint.group()
      const consumer = { logstore: logstores[0], group }
      const flow = [...ourFlow({ endpoint, consumer, target: 'clock' }), clock('clock')]
      const subscription = endpoint.subscription(logstores[1])
      const stock = await startClient('stock-clock', subscription)
      const ours = await withNodeRed(flow, async (nodeRed) => {
        await joined(endpoint, [group, subscription.group])
        await delay(SETTLE_MS)
        await appendInTurn(endpoint, logstores)
        await delay(SETTLE_MS)
        return (await (await nodeRed.request('/bench/ages')).json()) as number[]
      })
      const reference = JSON.parse(await stock.stop()) as number[]
      return WANTED.map(({ percent }) => ({
        ours: percentile(ours.slice(WARM_UP), percent),
        reference: percentile(reference.slice(WARM_UP), percent),
      }))
    }
  },
}

async function appendInTurn(endpoint: Endpoint, logstores: readonly string[]): Promise<void> {
  for (let record = 0; record < RECORDS; record++) {
    for (const logstore of logstores) {
      await endpoint.service.append(logstore, [stampedLog()], { shard: record % SHARDS })
      await delay(INTERVAL_MS / logstores.length)
    }
  }
}
