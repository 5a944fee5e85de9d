import type { Case } from '../case'
import type { Subscription } from '../clients/subscription'
import type { Drained } from '../measure/drained'
import { counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { sizeText, type LogShape } from '../measure/logs'
import { drain } from '../measure/node-red'
import { discard, drainByStock } from '../measure/stock'

const SHARDS = 4

/** The size and the bounds of a measurement. */
interface Measure {
  readonly shape: LogShape
  readonly records: number
  readonly kind: Case['kind']
  readonly least: number
}

interface Reference {
  readonly title: string
  readonly drain: (run: Subscription & { readonly records: number }) => Promise<Drained>
}

/** Compares the nodes with kafkajs, which makes the same objects without Node-RED. */
export const batch = (name: string, measure: Measure): Case =>
  beside(name, measure, {
    title: 'stock kafkajs without Node-RED',
    drain: (run) => drainByStock({ ...run, format: measure.shape.form }),
  })

/** Compares the nodes with the physical limit: a process that receives the same responses and discards them. */
export const tls = (name: string, measure: Measure): Case =>
  beside(name, measure, { title: 'the same over TLS, thrown away', drain: discard })

/** Measures message batches of the usual size in Node-RED and in another client. */
function beside(
  name: string,
  { shape, records, kind, least }: Measure,
  reference: Reference,
): Case {
  const { form } = shape
  return {
    name,
    kind,
    rounds: 5,
    rows: [
      {
        title: `emit: batch, ${form}, ${sizeText(shape)} / ${reference.title}`,
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
            const run = { ...endpoint.subscription(logstore), records: count }
            return (await reference.drain(run)).recordsPerSecond
          },
        ),
      ]
    },
  }
}
