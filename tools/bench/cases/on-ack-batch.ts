import type { Case } from '../case'
import { ackNode, counter, functionNode, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { TEXT_200 } from '../measure/logs'
import { drain } from '../measure/node-red'

const SHARDS = 4
/** More records than without batches, which are so fast that a run would be too short. */
const RECORDS = { batch: 600_000, record: 100_000 } as const

/** With all defaults, Max in flight must leave room for several batches. */
export const onAckBatch: Case = {
  name: 'ack-batch',
  kind: 'usual',
  rounds: 3,
  rows: [
    {
      title: 'onAck, 200 B, emit: batch, defaults / emit: record, defaults',
      unit: 'records/s',
      wanted: { least: 3 },
    },
  ],
  async start(bench) {
    const endpoint = await bench.endpoint()
    const rate = async (emit: keyof typeof RECORDS): Promise<number> => {
      const count = bench.records(RECORDS[emit])
      const logstore = await endpoint.logstore(TEXT_200, count, SHARDS)
      const flow = [
        ...ourFlow({ endpoint, consumer: { logstore, emit, commit: 'onAck' }, target: 'counter' }),
        counter(count, 'function'),
        functionNode('function', 'return msg', 'ack'),
        ackNode('ack'),
      ]
      return (await drain(flow)).recordsPerSecond
    }
    return async (round) => [
      await inTurn(
        round,
        () => rate('batch'),
        () => rate('record'),
      ),
    ]
  },
}
