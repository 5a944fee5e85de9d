import { setTimeout as delay } from 'node:timers/promises'
import { POLL_INTERVAL_MS, type MonitorResponse } from '../../../nodes/sls-monitor/monitor-api'
import type { NodeRed } from '../../shared/node-red'
import type { Case } from '../case'
import type { Drained } from '../measure/drained'
import { counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { TEXT_200 } from '../measure/logs'
import { drain, drained, withNodeRed } from '../measure/node-red'

const SHARDS = 4
const RECORDS = 600_000
/** The sidebar sends a request every two seconds, whose cost is below the noise of a run. */
const HURRIED_INTERVAL = 20

/** Measures the cost of requests that are much more frequent than those of the sidebar, and scales it back. */
export const monitor: Case = {
  name: 'monitor',
  kind: 'usual',
  rounds: 5,
  rows: [
    {
      title: 'monitor open / closed, emit: record, 200 B',
      unit: 'records/s',
      wanted: { least: 0.99 },
    },
  ],
  async start(bench) {
    const endpoint = await bench.endpoint()
    const logstore = await endpoint.logstore(TEXT_200, RECORDS, SHARDS)
    const flow = () => [
      ...ourFlow({ endpoint, consumer: { logstore }, target: 'counter' }),
      counter(RECORDS),
    ]
    return async (round) => {
      let polls = 0
      const { ours: hurried, reference: closed } = await inTurn(
        round,
        async () => {
          const result = await withNodeRed(flow(), polled)
          polls = result.polls
          return result.recordsPerSecond
        },
        async () => (await drain(flow())).recordsPerSecond,
      )
      if (polls === 0) throw new Error('no request of the monitor was answered meanwhile')
      const seconds = RECORDS / hurried
      const timesAsOften = (polls * POLL_INTERVAL_MS) / 1000 / seconds
      return [{ ours: closed - (closed - hurried) / timesAsOften, reference: closed }]
    }
  },
}

/** Reads the backlog while it sends the requests of the sidebar. */
async function polled(nodeRed: NodeRed): Promise<Drained & { readonly polls: number }> {
  const answeredAt: number[] = []
  const ended = new AbortController()
  const asking = askAgain(nodeRed, ended.signal, answeredAt)
  const result = await drained(nodeRed)
  const start = performance.now() - (RECORDS / result.recordsPerSecond) * 1000
  ended.abort()
  await asking
  return { ...result, polls: answeredAt.filter((time) => time >= start).length }
}

async function askAgain(nodeRed: NodeRed, ended: AbortSignal, answeredAt: number[]): Promise<void> {
  let since = 0
  while (!ended.aborted) {
    const response = await nodeRed.request(`/sls-monitor/consumers?since=${since}`)
    since = ((await response.json()) as MonitorResponse).at
    answeredAt.push(performance.now())
    await delay(HURRIED_INTERVAL)
  }
}
