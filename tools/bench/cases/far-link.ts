import type { Case } from '../case'
import { startFarEndpoint } from '../measure/far-link'
import { counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { TEXT_1K } from '../measure/logs'
import { drain } from '../measure/node-red'
import { drainByStock } from '../measure/stock'

const SHARDS = 8
const RECORDS = 200_000

/**
 * Compares message batches in Node-RED with kafkajs and all its defaults, over a link with a long delay.
 *
 * @param rttMs that the link adds to each round trip
 */
export const farLink = (rttMs: number, least: number): Case => ({
  name: `far-link-${rttMs}`,
  kind: 'usual',
  rounds: 5,
  rows: [
    {
      title: `link of ${rttMs} ms, 8 shards, emit: batch, text, 1 KiB / stock kafkajs`,
      unit: 'records/s',
      wanted: { least },
    },
  ],
  async start(_bench, resources) {
    const { endpoint, port } = await startFarEndpoint(resources, rttMs)
    const logstore = await endpoint.logstore(TEXT_1K, RECORDS, SHARDS)
    const consumer = { logstore, emit: 'batch' }
    return async (round) => [
      await inTurn(
        round,
        async () => {
          const flow = ourFlow({ endpoint, consumer, port, target: 'counter' })
          return (await drain([...flow, counter(RECORDS)])).recordsPerSecond
        },
        async () => {
          const subscription = endpoint.subscription(logstore, port)
          const run = { ...subscription, records: RECORDS, format: 'text' as const }
          return (await drainByStock(run)).recordsPerSecond
        },
      ),
    ]
  },
})
