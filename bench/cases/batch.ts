import type { Case } from '../case'
import { counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { sizeText, type LogShape } from '../measure/logs'
import { drain } from '../measure/node-red'
import { drainByStock } from '../measure/stock'

const SHARDS = 4

/** Batches of the usual size in Node-RED, beside stock kafkajs that makes the same objects without it. */
export function batch(
  name: string,
  shape: LogShape,
  records: number,
  { kind, least }: { kind: Case['kind']; least: number },
): Case {
  const { form } = shape
  return {
    name,
    kind,
    rounds: 5,
    rows: [
      {
        title: `emit: batch, ${form}, ${sizeText(shape)} / stock kafkajs without Node-RED`,
        unit: 'records/s',
        wanted: { least },
      },
    ],
    async start(bench) {
      const endpoint = await bench.endpoint()
      const count = bench.records(records)
      const logstore = await endpoint.logstore(shape, count, SHARDS)
      const consumer = { logstore, emit: 'batch', format: form === 'json' ? 'auto' : 'text' }
      return async (round) => [
        await inTurn(
          round,
          async () => {
            const flow = ourFlow({ endpoint, consumer, target: 'counter' })
            return (await drain([...flow, counter(count)])).recordsPerSecond
          },
          async () => {
            const run = { ...endpoint.subscription(logstore), records: count, format: form }
            return (await drainByStock(run)).recordsPerSecond
          },
        ),
      ]
    },
  }
}
