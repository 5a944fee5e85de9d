import type { Case } from '../case'
import { counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { sizeText, type LogShape } from '../measure/logs'
import { drain } from '../measure/node-red'
import { discard } from '../measure/stock'

const SHARDS = 4

/** Beside a process that receives the same responses over TLS and does nothing with them: the physical limit. */
export function tls(
  name: string,
  shape: LogShape,
  records: number,
  { kind, least }: { kind: Case['kind']; least: number },
): Case {
  return {
    name,
    kind,
    rounds: 5,
    rows: [
      {
        title: `emit: batch, text, ${sizeText(shape)} / the same over TLS, thrown away`,
        unit: 'records/s',
        wanted: { least },
      },
    ],
    async start(bench) {
      const endpoint = await bench.endpoint()
      const count = bench.records(records)
      const logstore = await endpoint.logstore(shape, count, SHARDS)
      const consumer = { logstore, emit: 'batch', format: 'text' }
      return async (round) => [
        await inTurn(
          round,
          async () => {
            const flow = ourFlow({ endpoint, consumer, target: 'counter' })
            return (await drain([...flow, counter(count)])).recordsPerSecond
          },
          async () => {
            const run = { ...endpoint.subscription(logstore), records: count }
            return (await discard(run)).recordsPerSecond
          },
        ),
      ]
    },
  }
}
