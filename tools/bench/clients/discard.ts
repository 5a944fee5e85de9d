// Receives the responses with a number of records over TLS and discards them, in a process of its own. This
// is the physical limit of the machine. The first argument is the task as JSON; the output is JSON too.
import { readFileSync } from 'node:fs'
import { systemClock } from '../../../lib/clock'
import type { Broker } from '../../../lib/kafka/cluster/brokers'
import { Cluster } from '../../../lib/kafka/cluster/cluster'
import { FETCH_MAX_BYTES, FETCH_MAX_WAIT_MS, FETCH_MIN_BYTES } from '../../../lib/kafka/constants'
import { fetchShards } from '../../../lib/kafka/fetch/fetch-request'
import { nextOffsetsOf } from '../../../lib/kafka/fetch/fetch-response'
import { listBeginnings } from '../../../lib/kafka/group/offsets'
import { ShardDirectory } from '../../../lib/kafka/cluster/shard-directory'
import { CONSUMER_DEFAULTS } from '../../../lib/config/consumer-defaults'
import type { Drained } from '../measure/drained'
import type { Subscription } from './subscription'

export interface DiscardRun extends Subscription {
  readonly records: number
}

async function discard({ records, logstore, ...service }: DiscardRun): Promise<Drained> {
  const { port, user, password, caFile } = service
  const address = { host: 'localhost', port }
  const project = {
    project: user,
    address: null,
    bootstrap: address,
    accessKey: { id: '', secret: '' },
    login: { username: user, password },
    tls: { ca: readFileSync(caFile, 'utf8') },
  }
  const cluster = new Cluster({ project, clientId: 'discard', clock: systemClock }, () => undefined)
  const { signal } = new AbortController()
  const directory = new ShardDirectory(cluster, logstore, systemClock, signal)
  await directory.find()
  const positions = new Map((await listBeginnings(cluster, directory, logstore)).offsets)
  const [shard = 0] = directory.shards
  const leader = directory.leaderOf(shard)
  if (!leader) throw new Error('a shard without a leader')
  const { begin, end } = await receive(cluster, leader, logstore, positions)
  const seconds = (end.ms - begin.ms) / 1000
  const { user: userMicros, system } = process.cpuUsage(begin.cpu)
  return {
    recordsPerSecond: records / seconds,
    cpuSeconds: (userMicros + system) / 1e6,
    lateMs: null,
  }
}

interface Moment {
  readonly ms: number
  readonly cpu: NodeJS.CpuUsage
}

const moment = (): Moment => ({ ms: performance.now(), cpu: process.cpuUsage() })

/** From the arrival of the first response to that of the last one with records. Moves the positions. */
async function receive(
  cluster: Cluster,
  leader: Broker,
  logstore: string,
  positions: Map<number, bigint>,
): Promise<{ begin: Moment; end: Moment }> {
  const connection = await cluster.connection(leader, 'fetch')
  let begin: Moment | null = null
  let end: Moment | null = null
  for (;;) {
    const request = fetchShards({
      logstore,
      maxWaitMs: FETCH_MAX_WAIT_MS,
      minBytes: FETCH_MIN_BYTES,
      maxBytes: FETCH_MAX_BYTES,
      shards: Array.from(positions, ([shard, offset]) => ({
        shard,
        offset,
        maxBytes: CONSUMER_DEFAULTS.maxBytesPerShard,
      })),
    })
    const { body, version } = await connection.request(request)
    begin ??= moment()
    const outline = nextOffsetsOf(body, version, logstore)
    if (!outline) throw new Error('a response that says nothing of its shards')
    const served = [...outline].filter(([, next]) => next !== null)
    if (served.length === 0 && end) return { begin, end }
    end = moment()
    for (const [shard, next] of served) {
      // Those that were served come last, or the first ones would take all of the next response.
      positions.delete(shard)
      positions.set(shard, next ?? 0n)
    }
  }
}

discard(JSON.parse(process.argv[2] ?? '') as DiscardRun).then(
  (drained) => {
    process.stdout.write(JSON.stringify(drained), () => process.exit())
  },
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
