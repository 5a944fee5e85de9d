import type { Case } from '../case'
import { ackNode, counter, functionNode, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { sizeText, type LogShape } from '../measure/logs'
import { drain } from '../measure/node-red'

const SHARDS = 4
const MAX_IN_FLIGHT = 1_000

/** A counter, a Function node and an ack node, beside the same without the latter. */
export function onAck(name: string, shape: LogShape, records: number, kind: Case['kind']): Case {
  return {
    name,
    kind,
    rounds: 5,
    rows: [
      {
        title: `onAck, ${sizeText(shape)}, Function and ack node / onSend, Function node`,
        unit: 'records/s',
        wanted: { least: 0.7 },
      },
    ],
    async start(bench) {
      const endpoint = await bench.endpoint()
      const count = bench.records(records)
      const logstore = await endpoint.logstore(shape, count, SHARDS)
      const rate = async (
        settings: Readonly<Record<string, unknown>>,
        ...acks: readonly string[]
      ): Promise<number> => {
        const flow = [
          ...ourFlow({ endpoint, consumer: { logstore, ...settings }, target: 'counter' }),
          counter(count, 'function'),
          functionNode('function', 'return msg', ...acks),
          ...acks.map(ackNode),
        ]
        return (await drain(flow)).recordsPerSecond
      }
      return async (round) => [
        await inTurn(
          round,
          () => rate({ commit: 'onAck', maxInFlight: MAX_IN_FLIGHT }, 'ack'),
          () => rate({ commit: 'onSend' }),
        ),
      ]
    },
  }
}
