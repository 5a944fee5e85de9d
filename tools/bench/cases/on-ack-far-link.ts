import type { Case } from '../case'
import { startFarEndpoint } from '../measure/far-link'
import { ackNode, counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { TEXT_1K } from '../measure/logs'
import { drain } from '../measure/node-red'

const SHARDS = 8
const RECORDS = 200_000
const RTT_MS = 100

/**
 * Checks that the in-flight window is not the limit on a link with a long delay. A shard sends no further
 * than its window, the window moves with each commit, and a commit takes a round trip.
 */
export const onAckFarLink: Case = {
  name: `ack-far-link-${RTT_MS}`,
  kind: 'usual',
  rounds: 3,
  rows: [
    {
      title: `onAck, link of ${RTT_MS} ms, ${SHARDS} shards, 1 KiB, defaults / onSend`,
      unit: 'records/s',
      wanted: { least: 0.8 },
    },
  ],
  async start(bench, resources) {
    const { endpoint, port } = await startFarEndpoint(resources, RTT_MS)
    const count = bench.records(RECORDS)
    const logstore = await endpoint.logstore(TEXT_1K, count, SHARDS)
    const rate = async (commit: string, ...acks: readonly string[]): Promise<number> => {
      const flow = [
        ...ourFlow({ endpoint, port, consumer: { logstore, commit }, target: 'counter' }),
        counter(count, ...acks),
        ...acks.map(ackNode),
      ]
      return (await drain(flow)).recordsPerSecond
    }
    return async (round) => [
      await inTurn(
        round,
        () => rate('onAck', 'ack'),
        () => rate('onSend'),
      ),
    ]
  },
}
