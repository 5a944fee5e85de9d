import type { Case } from '../case'
import { counter, ourFlow } from '../measure/flow'
import { JSON_1K, sizeText, TEXT_200 } from '../measure/logs'
import { drain } from '../measure/node-red'

const SHARDS = 4
const RECORDS = 200_000
const RUNS = [
  { emit: 'record', format: 'text', shape: TEXT_200 },
  { emit: 'record', format: 'auto', shape: JSON_1K },
  { emit: 'batch', format: 'auto', shape: JSON_1K },
] as const

/** Measures how long the editor and other flows wait for the event loop while a backlog is read. */
export const eventLoop: Case = {
  name: 'event-loop',
  kind: 'usual',
  rounds: 3,
  rows: RUNS.map(({ emit, shape }) => ({
    title: `event-loop delay p99, draining, emit: ${emit}, ${shape.form}, ${sizeText(shape)}`,
    unit: 'ms',
    wanted: { most: 50 },
  })),
  async start(bench) {
    const endpoint = await bench.endpoint()
    const late = async ({ emit, format, shape }: (typeof RUNS)[number]): Promise<number> => {
      const logstore = await endpoint.logstore(shape, RECORDS, SHARDS)
      const flow = ourFlow({ endpoint, consumer: { logstore, emit, format }, target: 'counter' })
      return (await drain([...flow, counter(RECORDS)])).lateMs ?? NaN
    }
    return async () => {
      const pairs = []
      for (const one of RUNS) pairs.push({ ours: await late(one), reference: null })
      return pairs
    }
  },
}
