import { setTimeout as delay } from 'node:timers/promises'
import { POLL_INTERVAL, type MonitorAnswer } from '../../plugins/sls-monitor/monitor-answer'
import type { NodeRed } from '../../test/support/node-red'
import type { Case } from '../case'
import type { Drained } from '../measure/drained'
import { counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { TEXT_200 } from '../measure/logs'
import { drain, drained, withNodeRed } from '../measure/node-red'

const SHARDS = 4
const RECORDS = 600_000
/** As often as this the cost is far above the noise of a run, which one request in two seconds is not. */
const HURRIED_INTERVAL = 20

/** A backlog is read while the sidebar's requests come much more often, and the cost is scaled back. */
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
      const timesAsOften = (polls * POLL_INTERVAL) / 1000 / seconds
      return [{ ours: closed - (closed - hurried) / timesAsOften, reference: closed }]
    }
  },
}

/** Reads the backlog while it asks what the sidebar asks. */
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
    since = ((await response.json()) as MonitorAnswer).at
    answeredAt.push(performance.now())
    await delay(HURRIED_INTERVAL)
  }
}
