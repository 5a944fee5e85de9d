import type { Case } from '../case'
import { counter, minimalFlow, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { sizeText, type LogShape } from '../measure/logs'
import { drain } from '../measure/node-red'

const SHARDS = 4
const RECORDS = 200_000

/** Compares one message per record with a minimal node; both have one wire to a counter. */
export function record(
  name: string,
  shape: LogShape,
  { kind, least }: { kind: Case['kind']; least: number },
): Case {
  return {
    name,
    kind,
    rounds: 7,
    rows: [
      {
        title: `emit: record, ${sizeText(shape)} / a minimal node`,
        unit: 'records/s',
        wanted: { least },
      },
    ],
    async start(bench) {
      const endpoint = await bench.endpoint()
      const count = bench.records(RECORDS)
      const logstore = await endpoint.logstore(shape, count, SHARDS)
      const rate = async (flow: ReturnType<typeof ourFlow>): Promise<number> =>
        (await drain([...flow, counter(count)])).recordsPerSecond
      return async (round) => [
        await inTurn(
          round,
          () => rate(ourFlow({ endpoint, consumer: { logstore }, target: 'counter' })),
          () => rate(minimalFlow(endpoint.subscription(logstore), 'counter')),
        ),
      ]
    },
  }
}
