import assert from 'node:assert/strict'
import parse from 'parse-prometheus-text-format'
import type { Health } from '../../../lib/monitoring/health'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { flowWith } from '../../../tools/shared/flow'
import {
  startNodeRed,
  startSink,
  type FlowNode,
  type NodeRed,
} from '../../../tools/shared/node-red'
import { adminAuth, logIn } from '../support/admin-users'
import { endedAfterAll } from '../../support/suite'

const LOGSTORE = 'access-log'
const SHARDS = 3
const HEALTH = '/sls-kafka/health'
/** Its group is missing. */
const BROKEN = { id: 'broken', type: 'sls-kafka-in', group: '' }
const WRITTEN = 'app-log'
/** sls out, fed by an Inject node, and an sls out without a logstore. */
const WRITER = { type: 'sls-kafka-out', z: 'flow', x: 100, y: 300, project: 'flow-project' }
const WRITERS: readonly FlowNode[] = [
  { ...WRITER, id: 'writer', name: 'enriched', logstore: WRITTEN, wires: [['flow-records']] },
  { ...WRITER, id: 'broken-writer', wires: [[]] },
  {
    ...{ id: 'write', type: 'inject', z: 'flow', x: 100, y: 300, wires: [['writer']] },
    props: [{ p: 'payload', v: '["line 1","line 2","line 3"]', vt: 'json' }],
  },
]
const METRICS = '/sls-kafka/metrics'

describe('health for machines', () => {
  const resources = endedAfterAll()
  let emulator: RunningEmulator
  let flows: FlowNode[]

  before(async () => {
    emulator = await resources.started(
      startEmulator({ logstores: { [LOGSTORE]: SHARDS, [WRITTEN]: 2 } }),
    )
    const records = await resources.started(startSink())
    const reports = await resources.started(startSink())
    const consumer = { logstore: LOGSTORE, group: 'g', startFrom: 'earliest' }
    flows = flowWith({ service: emulator, consumer, records, reports })
    flows.push({ ...flows.find(({ id }) => id === 'flow-in'), ...BROKEN }, ...WRITERS)
    const logs = Array.from({ length: 60 }, (_, index) => `line ${index}`)
    await emulator.append(LOGSTORE, logs)
    await resources.started(started({ adminAuth }, (nodeRed) => (guarded = nodeRed)))
    await records.waitFor(60)
    const headers = { Authorization: `Bearer ${await logIn(guarded, 'full')}` }
    const { ok } = await guarded.request('/inject/write', { method: 'POST', headers })
    assert.ok(ok, 'injected')
    await records.waitFor(61)
  })

  let guarded: NodeRed

  async function started(
    settings: Record<string, unknown>,
    use: (nodeRed: NodeRed) => void = () => undefined,
  ): Promise<NodeRed> {
    const nodeRed = await startNodeRed({ settings, flows: 'adminAuth' in settings ? flows : [] })
    use(nodeRed)
    return nodeRed
  }

  const ask = (nodeRed: NodeRed, path: string, token?: string): Promise<Response> =>
    fetch(nodeRed.url + path, token ? { headers: { Authorization: `Bearer ${token}` } } : {})

  it('serves only users who may read', async () => {
    for (const path of [HEALTH, METRICS]) {
      assert.equal((await ask(guarded, path)).status, 401)
      assert.equal((await ask(guarded, path, 'not-a-token')).status, 401)
      for (const user of ['full', 'reader', 'monitor'] as const) {
        const response = await ask(guarded, path, await logIn(guarded, user))
        assert.equal(response.status, 200, user)
      }
      const { status } = await ask(guarded, path, await logIn(guarded, 'other'))
      assert.ok([401, 403].includes(status), String(status))
    }
  })

  it('describes each node in JSON', async () => {
    const response = await ask(guarded, HEALTH, await logIn(guarded, 'reader'))
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    const { consumers } = (await response.json()) as Health
    const consumer = consumers.find(({ id }) => id === 'flow-in') ?? assert.fail('no consumer')
    const { ok, flow, logstore, group, state, code } = consumer
    assert.deepEqual(
      { ok, flow, logstore, group, state, code },
      {
        ...{ ok: true, flow: 'flow', logstore: LOGSTORE, group: 'g' },
        ...{ state: 'consuming', code: null },
      },
    )
    const records = consumer.shards.map((shard) => shard.records)
    assert.equal(
      records.reduce((sum, count) => sum + count),
      60,
    )
  })

  it('describes each writer in JSON', async () => {
    const response = await ask(guarded, HEALTH, await logIn(guarded, 'reader'))
    const { writers } = (await response.json()) as Health
    const { id, name, flow, project, logstore, ok, state, code, written, failed, logstores } =
      writers[0] ?? assert.fail('no writer')
    assert.deepEqual(
      [id, name, flow, project, logstore],
      ['writer', 'enriched', 'flow', emulator.project, WRITTEN],
    )
    assert.deepEqual([ok, state, code, written, failed], [true, 'ready', null, 3, 0])
    assert.deepEqual(
      logstores.map((one) => [one.logstore, one.written, one.shards, one.errors]),
      [[WRITTEN, 3, 2, {}]],
    )
    const broken = writers[1] ?? assert.fail('no second writer')
    assert.deepEqual(
      [broken.id, broken.ok, broken.code, broken.lastError?.message],
      ['broken-writer', false, 'SLS_CONFIG_INVALID', 'Logstore is missing.'],
    )
  })

  it('describes each writer to Prometheus', async () => {
    const response = await ask(guarded, METRICS, await logIn(guarded, 'reader'))
    const metrics = parse(await response.text())
    const samplesOf = (metric: string): unknown[] =>
      (metrics.find(({ name }) => name === metric)?.metrics ?? []).map(({ labels, value }) => [
        ...[labels?.['node'], labels?.['logstore'], Number(value)],
      ])
    assert.deepEqual(samplesOf('sls_kafka_writer_written_logs_total'), [
      ['writer', WRITTEN, 3],
      ['broken-writer', '', 0],
    ])
    assert.deepEqual(samplesOf('sls_kafka_writer_ok'), [
      ['writer', WRITTEN, 1],
      ['broken-writer', '', 0],
    ])
  })

  it('describes each node to Prometheus', async () => {
    const response = await ask(guarded, METRICS, await logIn(guarded, 'reader'))
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    const metrics = parse(await response.text())
    const records = metrics.find(({ name }) => name === 'sls_kafka_records_total')?.metrics ?? []
    assert.deepEqual(
      records.map(({ labels }) => [labels?.['node'], labels?.['shard']]),
      Array.from({ length: SHARDS }, (_, shard) => ['flow-in', String(shard)]),
    )
    const sum = records.reduce((total, { value }) => total + Number(value), 0)
    assert.equal(sum, 60)
  })

  it('contains no secret and no record', async () => {
    const token = await logIn(guarded, 'reader')
    for (const path of [HEALTH, METRICS]) {
      const text = await (await ask(guarded, path, token)).text()
      for (const secret of [emulator.accessKeyId, emulator.accessKeySecret, 'line 1']) {
        assert.ok(!text.includes(secret), secret)
      }
    }
  })

  it('describes a node that cannot start', async () => {
    const response = await ask(guarded, HEALTH, await logIn(guarded, 'reader'))
    const { ok, consumers } = (await response.json()) as Health
    assert.equal(ok, false)
    const broken = consumers.find(({ id }) => id === 'broken') ?? assert.fail('missing')
    const { state, code, lastError, errors } = broken
    assert.deepEqual([state, code], ['failed', 'SLS_CONFIG_INVALID'])
    assert.deepEqual([lastError?.code, errors], [code, { SLS_CONFIG_INVALID: 1 }])
    assert.equal(lastError?.message, 'Group is missing.')
  })

  it('is off without users, and explains how to switch it on', async () => {
    const nodeRed = await resources.started(started({}))
    for (const path of [HEALTH, METRICS]) {
      const response = await ask(nodeRed, path)
      assert.equal(response.status, 404)
      assert.match(await response.text(), /slsKafka: \{ health: true \}/)
    }
  })

  it('can be switched on without users, and off with them', async () => {
    const open = await resources.started(started({ slsKafka: { health: true } }))
    assert.equal((await ask(open, HEALTH)).status, 200)
    const closed = await resources.started(started({ adminAuth, slsKafka: { health: false } }))
    assert.equal((await ask(closed, METRICS, await logIn(closed, 'full'))).status, 404)
  })
})
