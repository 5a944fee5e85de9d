import type { Case } from '../case'
import { ackNode, counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { TEXT_200 } from '../measure/logs'
import { drain } from '../measure/node-red'

const RECORDS = 100_000
const SHARDS = 64

/** With all defaults, 64 shards share 100 records in flight. */
export const onAckShards: Case = {
  name: 'ack-shards',
  kind: 'usual',
  rounds: 3,
  rows: [
    {
      title: `onAck, 200 B, defaults, ${SHARDS} shards / 1 shard`,
      unit: 'records/s',
      wanted: { least: 0.8 },
    },
  ],
  async start(bench) {
    const endpoint = await bench.endpoint()
    const count = bench.records(RECORDS)
    const rate = async (shards: number): Promise<number> => {
      const logstore = await endpoint.logstore(TEXT_200, count, shards)
      const flow = [
        ...ourFlow({ endpoint, consumer: { logstore, commit: 'onAck' }, target: 'counter' }),
        counter(count, 'ack'),
        ackNode('ack'),
      ]
      return (await drain(flow)).recordsPerSecond
    }
    return async (round) => [
      await inTurn(
        round,
        () => rate(SHARDS),
        () => rate(1),
      ),
    ]
  },
}
