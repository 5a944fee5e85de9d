import type { Case } from '../case'
import { counter, ourFlow } from '../measure/flow'
import { TEXT_200 } from '../measure/logs'
import { drain } from '../measure/node-red'

const RECORDS = 200_000
const SHARDS = [8, 64] as const

/** Checks that more shards cost no throughput. */
export const shards: Case = {
  name: 'shards',
  kind: 'usual',
  rounds: 3,
  rows: SHARDS.map((count) => ({
    title: `${count} shards / 1 shard, emit: record, 200 B`,
    unit: 'records/s',
    wanted: { least: 0.8 },
  })),
  async start(bench) {
    const endpoint = await bench.endpoint()
    const rate = async (count: number): Promise<number> => {
      const logstore = await endpoint.logstore(TEXT_200, RECORDS, count)
      const flow = ourFlow({ endpoint, consumer: { logstore }, target: 'counter' })
      return (await drain([...flow, counter(RECORDS)])).recordsPerSecond
    }
    return async () => {
      const reference = await rate(1)
      return [
        { ours: await rate(SHARDS[0]), reference },
        { ours: await rate(SHARDS[1]), reference },
      ]
    }
  },
}
