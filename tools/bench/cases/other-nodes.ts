import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FlowNode } from '../../shared/node-red'
import type { Case } from '../case'
import type { Subscription } from '../clients/subscription'
import { counter, ON_TAB, ourFlow, TAB } from '../measure/flow'
import { TEXT_200 } from '../measure/logs'
import { drain } from '../measure/node-red'

const SHARDS = 4
const EMITS = ['record', 'batch'] as const

interface OtherNode {
  readonly name: string
  /** On the npm registry. */
  readonly package: string
  readonly version: string
  /** So many that a run takes several seconds: one of ours in batches is at its full rate after one. */
  readonly records: number
  /** The nodes that read, wired to the counter. */
  readonly flow: (subscription: Subscription) => readonly FlowNode[]
}

const CONSUMER = { ...ON_TAB, id: 'in', broker: 'broker', wires: [['counter']] }

const NODES: readonly OtherNode[] = [
  {
    name: 'kafka-suite',
    package: 'node-red-contrib-kafka-suite',
    version: '0.0.5',
    records: 2_000_000,
    flow: ({ port, user, password, logstore, group }) => [
      {
        ...{ id: 'broker', type: 'kafka-suite-broker', authType: 'sasl-plain' },
        brokers: `localhost:${port}`,
        credentials: { username: user, password },
      },
      {
        ...{ ...CONSUMER, type: 'kafka-suite-consumer', startOffset: 'earliest' },
        ...{ topics: logstore, groupId: group },
      },
    ],
  },
  {
    name: 'oriolrius',
    package: '@oriolrius/node-red-contrib-kafka',
    version: '6.1.1',
    records: 400_000,
    flow: ({ port, caFile, user, password, logstore, group }) => [
      {
        ...{ id: 'broker', type: 'oriolrius-kafka-broker', hosts: `localhost:${port}` },
        ...{ usetls: true, cacert: caFile, selfsign: false },
        ...{ usesasl: true, saslmechanism: 'plain', username: user, password },
      },
      {
        ...{ ...CONSUMER, type: 'oriolrius-kafka-consumer', fromOffset: 'earliest' },
        ...{ topic: logstore, groupid: group },
      },
    ],
  },
]

/** Compares other nodes, which have no batches, with our nodes with and without batches. */
export const otherNodes: readonly Case[] = NODES.map((other) => ({
  name: other.name,
  kind: 'peers',
  rounds: 3,
  rows: EMITS.map((emit) => ({
    title: `emit: ${emit}, 200 B / ${other.package} ${other.version}`,
    unit: 'records/s',
    wanted: { least: 3 },
  })),
  async start(bench, resources) {
    const folder = await mkdtemp(join(tmpdir(), 'bench-peer-'))
    resources.onEnd(() => rm(folder, { recursive: true }))
    await fetch(folder, `${other.package}@${other.version}`)
    const endpoint = await bench.endpoint()
    const logstore = await endpoint.logstore(TEXT_200, other.records, SHARDS)
    const ours = async (emit: (typeof EMITS)[number]): Promise<number> => {
      const flow = ourFlow({ endpoint, consumer: { logstore, emit }, target: 'counter' })
      return (await drain([...flow, counter(other.records)])).recordsPerSecond
    }
    return async () => {
      const subscription = endpoint.subscription(logstore)
      const flow = [TAB, ...other.flow(subscription), counter(other.records)]
      const others = [join(folder, 'node_modules', other.package)]
      // kafka-suite has no other way to trust a certificate authority.
      const env = { NODE_EXTRA_CA_CERTS: subscription.caFile }
      const reference = (await drain(flow, { others, env })).recordsPerSecond
      const pairs = []
      for (const emit of EMITS) pairs.push({ ours: await ours(emit), reference })
      return pairs
    }
  },
}))

async function fetch(folder: string, wanted: string): Promise<void> {
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts']
  await promisify(execFile)('npm', [...args, wanted])
}
