import assert from 'node:assert/strict'
import { SILENT_LOGGER } from '../../lib/logger'
import { KafkaAdmin } from '../../lib/kafka/admin'
import { NO_MEMBER } from '../../lib/kafka/group/offsets'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { brokerOf } from '../../tools/shared/broker'
import { optionsFor } from '../../tools/shared/consumer-options'
import { startNodeRed, startSink } from '../../tools/shared/node-red'
import type { FlowNode, NodeRed, Sink, SinkMessage } from '../../tools/shared/node-red'
import { waitUntil } from '../../tools/shared/polling'
import { GROUP_VARIABLE, savedFlow } from '../support/saved-flow'
import { endedAfterAll } from '../support/suite'

/** What each consumer of the flow reads, and the node behind it. */
const CONSUMERS = [
  { logstore: 'nginx-access', group: 'nodered-send', sink: 'sent' },
  { logstore: 'app-log', group: 'nodered-ack', sink: 'acked' },
  { logstore: 'order-log', group: GROUP_VARIABLE.ORDER_GROUP, sink: 'batch' },
]
const RECORDS = 6
const COMMITTED = 3
const WAIT_MS = 30_000

describe('a flow saved with 0.1.0', () => {
  const resources = endedAfterAll()
  let endpoint: RunningEmulator
  let nodeRed: NodeRed
  let sink: Sink

  before(async () => {
    endpoint = await resources.started(
      startEmulator({
        project: 'shop-prod',
        logstores: Object.fromEntries(CONSUMERS.map(({ logstore }) => [logstore, 1])),
        flags: ['--rebalance-delay', '0'],
      }),
    )
    for (const { logstore, group } of CONSUMERS) {
      await endpoint.append(logstore, contents(0, RECORDS))
      await commit(logstore, group, COMMITTED)
    }
    sink = await resources.started(startSink())
    nodeRed = await resources.started(
      startNodeRed({ env: GROUP_VARIABLE, flows: reachable(savedFlow()) }),
    )
  })

  for (const { logstore, group, sink: name } of CONSUMERS) {
    it(`goes on at the committed offset of ${group}`, async () => {
      const expected = contents(COMMITTED, RECORDS)
      await waitUntil(
        () => contentsAt(name).length >= expected.length,
        () => `${name} got ${JSON.stringify(contentsAt(name))}\n${nodeRed.logs().join('\n')}`,
        { timeoutMs: WAIT_MS },
      )
      assert.deepEqual(contentsAt(name), expected)
      const broker = brokerOf(endpoint)
      const [end] = await broker.endOffsets(logstore)
      await waitUntil(
        async () => (await broker.committed(group, logstore))[0] === end,
        () => `${group} has not committed ${String(end)}`,
        { timeoutMs: WAIT_MS },
      )
    })
  }

  it('is deployed without a warning or an error of a node', () => {
    assert.deepEqual(
      nodeRed.logs().filter((line) => /\[(warn|error)\] \[sls/.test(line)),
      [],
    )
  })

  /** Commits so many records of the one shard for a group without members. */
  async function commit(logstore: string, group: string, count: number): Promise<void> {
    const consumer = optionsFor(endpoint, { logstore, group })
    const admin = new KafkaAdmin({ consumer, clientId: 'test', logger: SILENT_LOGGER })
    try {
      const { logstores } = await endpoint.state()
      const [shard] = logstores.find(({ name }) => name === logstore)?.shards ?? []
      const offset = BigInt(shard?.earliest ?? 0) + BigInt(count)
      await admin.commit(group, new Map([[0, offset]]), NO_MEMBER)
    } finally {
      await admin.close()
    }
  }

  /** The flow on the emulator, with sinks in place of Debug nodes. All settings stay as they were saved. */
  function reachable(flow: readonly FlowNode[]): FlowNode[] {
    const { accessKeyId, accessKeySecret, ca, port } = endpoint
    const changes: Readonly<Record<string, object>> = {
      'tls-config': { credentials: { cadata: ca } },
      'sls-project': {
        endpoint: '',
        port: '',
        bootstrap: `localhost:${port}`,
        credentials: { accessKeyId, accessKeySecret },
      },
      debug: { type: 'test-sink', port: sink.port, wires: [[]] },
    }
    return flow.map((node) => ({ ...node, ...changes[node.type] }))
  }

  /** The records that reached a node, also those of batches. */
  function contentsAt(name: string): string[] {
    return sink.messages.filter((message) => message.sink === name).flatMap(contentsOf)
  }
})

function contents(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `log ${from + index}`)
}

function contentsOf({ payload }: SinkMessage): string[] {
  const payloads: readonly unknown[] = Array.isArray(payload) ? payload : [payload]
  return payloads.map((one) =>
    typeof one === 'string' ? one : String((one as { content?: unknown }).content),
  )
}
