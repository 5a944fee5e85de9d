import assert from 'node:assert/strict'
import parse from 'parse-prometheus-text-format'
import type { Health } from '../../../lib/monitoring/health'
import { startEmulator, type RunningEmulator } from '../../support/emulator'
import { flowWith } from '../../support/flow'
import { startNodeRed, startSink, type FlowNode, type NodeRed } from '../../support/node-red'
import { Resources } from '../../support/resources'
import { adminAuth, logIn } from '../support/admin-users'

const LOGSTORE = 'access-log'
const SHARDS = 3
const HEALTH = '/sls-kafka/health'
/** Its group is missing. */
const BROKEN = { id: 'broken', type: 'sls-kafka-in', group: '' }
const METRICS = '/sls-kafka/metrics'

describe('health for machines', () => {
  const resources = new Resources()
  let endpoint: RunningEmulator
  let flows: FlowNode[]

  before(async () => {
    endpoint = await resources.started(startEmulator({ logstores: { [LOGSTORE]: SHARDS } }))
    const records = await resources.started(startSink())
    const reports = await resources.started(startSink())
    const consumer = { logstore: LOGSTORE, group: 'g', startFrom: 'earliest' }
    flows = flowWith({ service: endpoint, consumer, records, reports })
    flows.push({ ...flows.find(({ id }) => id === 'flow-in'), ...BROKEN })
    const logs = Array.from({ length: 60 }, (_, index) => `line ${index}`)
    await endpoint.append(LOGSTORE, logs)
    await resources.started(started({ adminAuth }, (nodeRed) => (guarded = nodeRed)))
    await records.waitFor(60)
  })

  after(() => resources.end())

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

  it('is for users who may read', async () => {
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

  it('tells in JSON what each node does', async () => {
    const response = await ask(guarded, HEALTH, await logIn(guarded, 'reader'))
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    const { consumers } = (await response.json()) as Health
    const consumer = consumers.find(({ id }) => id === 'flow-in') ?? assert.fail('nobody')
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

  it('tells Prometheus the same', async () => {
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

  it('has nothing secret in it', async () => {
    const token = await logIn(guarded, 'reader')
    for (const path of [HEALTH, METRICS]) {
      const text = await (await ask(guarded, path, token)).text()
      for (const secret of [endpoint.accessKeyId, endpoint.accessKeySecret, 'line 1']) {
        assert.ok(!text.includes(secret), secret)
      }
    }
  })

  it('tells of a node that cannot start', async () => {
    const response = await ask(guarded, HEALTH, await logIn(guarded, 'reader'))
    const { ok, consumers } = (await response.json()) as Health
    assert.equal(ok, false)
    const broken = consumers.find(({ id }) => id === 'broken') ?? assert.fail('missing')
    const { state, code, lastError, errors } = broken
    assert.deepEqual([state, code], ['failed', 'SLS_CONFIG_INVALID'])
    assert.deepEqual([lastError?.code, errors], [code, { SLS_CONFIG_INVALID: 1 }])
    assert.equal(lastError?.message, 'Group is missing.')
  })

  it('is off without users, and says how to switch it on', async () => {
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
