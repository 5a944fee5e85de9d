import type { Case } from '../case'
import type { FlowNode } from '../../shared/node-red'
import { ackNode, changeNode, counter, functionNode, ourFlow } from '../measure/flow'
import { allInTurn } from '../measure/in-turn'
import { sizeText, type LogShape } from '../measure/logs'
import { drain } from '../measure/node-red'

const SHARDS = 4
const MAX_IN_FLIGHT = 1_000
const LAST = 'last'

/**
 * Compares a flow of a counter, a Function node and an ack node with the same flow and onSend. A Change node
 * replaces the ack node there, so both flows have the same number of wires: the difference is the ack.
 */
export function onAck(name: string, shape: LogShape, records: number, kind: Case['kind']): Case {
  const title = `onAck, ${sizeText(shape)}, Function and ack node / onSend, Function`
  return {
    name,
    kind,
    rounds: 5,
    rows: [
      { title: `${title} and Change node`, unit: 'records/s', wanted: { least: 0.9 } },
      { title: `${title} node`, unit: 'records/s', wanted: { least: 0.7 } },
    ],
    async start(bench) {
      const endpoint = await bench.endpoint()
      const count = bench.records(records)
      const logstore = await endpoint.logstore(shape, count, SHARDS)
      const rate = async (
        settings: Readonly<Record<string, unknown>>,
        ...last: readonly FlowNode[]
      ): Promise<number> => {
        const flow = [
          ...ourFlow({ endpoint, consumer: { logstore, ...settings }, target: 'counter' }),
          counter(count, 'function'),
          functionNode('function', 'return msg', ...last.map(({ id }) => id)),
          ...last,
        ]
        return (await drain(flow)).recordsPerSecond
      }
      return async (round) => {
        const [ours = NaN, withChange = NaN, alone = NaN] = await allInTurn(round, [
          () => rate({ commit: 'onAck', maxInFlight: MAX_IN_FLIGHT }, ackNode(LAST)),
          () => rate({ commit: 'onSend' }, changeNode(LAST)),
          () => rate({ commit: 'onSend' }),
        ])
        return [
          { ours, reference: withChange },
          { ours, reference: alone },
        ]
      }
    },
  }
}
