import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { requireKcat } from '../../shared/kcat'
import { fetchKafkaPython, pythonWithKafka } from '../../shared/kafka-python/environment'
import { repositoryRoot } from '../../shared/repository'
import type { Case } from '../case'
import type { Subscription } from '../clients/subscription'
import { counter, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { kcatSettings } from '../measure/kcat-settings'
import { TEXT_200 } from '../measure/logs'
import { drain } from '../measure/node-red'

/** A run takes several seconds, because our node reaches its full rate only after the first one. */
const RECORDS = 2_000_000
const SHARDS = 4
const LONGEST_MS = 120_000

interface OtherClient {
  readonly name: string
  readonly title: string
  readonly wanted: number | null
  readonly prepare: () => Promise<void>
  /** @returns records a second, from the first one to the last */
  readonly drain: (subscription: Subscription) => Promise<number>
}

const CLIENTS: readonly OtherClient[] = [
  {
    name: 'kafka-python',
    title: 'the published loop for kafka-python 2.0.2',
    wanted: 3,
    prepare: fetchKafkaPython,
    drain: async (subscription) => {
      const script = join(repositoryRoot(), 'tools', 'bench', 'clients', 'kafka_python.py')
      const run = JSON.stringify({ ...subscription, records: RECORDS })
      const options = { timeout: LONGEST_MS }
      const { stdout } = await promisify(execFile)(pythonWithKafka(), [script, run], options)
      return Number(stdout)
    },
  },
  {
    name: 'kcat',
    title: 'kcat',
    wanted: null,
    prepare: requireKcat,
    drain: drainByKcat,
  },
]

/** Compares message batches in a flow with clients in other languages, which discard the records. */
export const otherClients: readonly Case[] = CLIENTS.map((client) => ({
  name: client.name,
  kind: 'peers',
  rounds: 3,
  rows: [
    {
      title: `emit: batch, text, 200 B / ${client.title}`,
      unit: 'records/s',
      wanted: client.wanted === null ? null : { least: client.wanted },
    },
  ],
  async start(bench) {
    await client.prepare()
    const endpoint = await bench.endpoint()
    const logstore = await endpoint.logstore(TEXT_200, RECORDS, SHARDS)
    return async (round) => [
      await inTurn(
        round,
        async () => {
          const consumer = { logstore, emit: 'batch' }
          const flow = ourFlow({ endpoint, consumer, target: 'counter' })
          return (await drain([...flow, counter(RECORDS)])).recordsPerSecond
        },
        () => client.drain(endpoint.subscription(logstore)),
      ),
    ]
  },
}))

async function drainByKcat(subscription: Subscription): Promise<number> {
  const { logstore, group } = subscription
  const settings = [...kcatSettings(subscription), '-X', 'auto.offset.reset=earliest']
  const args = [...settings, '-q', '-c', String(RECORDS), '-f', '%s\n', '-G', group, logstore]
  const child = spawn('kcat', args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: LONGEST_MS })
  const ended = once(child, 'close')
  await once(child.stdout, 'data')
  const start = performance.now()
  child.stdout.resume()
  await once(child.stdout, 'end')
  const seconds = (performance.now() - start) / 1000
  await ended
  return RECORDS / seconds
}
