import assert from 'node:assert/strict'
import type { MonitorAnswer, MonitoredConsumer } from '../../../plugins/sls-monitor/monitor-answer'
import { startEmulator } from '../../support/emulator'
import { flowWith } from '../../support/flow'
import { startNodeRed, startSink, type FlowNode, type NodeRed } from '../../support/node-red'
import { Resources } from '../../support/resources'

const LOGSTORE = 'access-log'
const WAIT_MS = 30_000
const BROKEN = { id: 'broken', type: 'sls-kafka-in', group: '', commit: true }

describe('what the monitor asks the server', () => {
  const resources = new Resources()
  let nodeRed: NodeRed
  let flows: FlowNode[]

  before(async () => {
    const service = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const sink = await resources.started(startSink())
    const consumer = { logstore: LOGSTORE, group: 'g' }
    flows = flowWith({ service, consumer, records: sink, reports: sink })
    flows.push({ ...flows.find(({ id }) => id === 'flow-in'), ...BROKEN })
    nodeRed = await resources.started(startNodeRed({ flows }))
    await sink.waitFor(({ status }) => status?.text?.includes('waiting') === true)
  })

  after(() => resources.end())

  async function ask(since = 0): Promise<{ at: number; consumer: MonitoredConsumer }> {
    const response = await nodeRed.request(`/sls-monitor/consumers?since=${since}`)
    const { at, consumers } = (await response.json()) as MonitorAnswer
    return { at, consumer: consumers[0] ?? assert.fail('nobody') }
  }

  async function send(command: object): Promise<{ status: number; lines: unknown[] }> {
    const response = await fetch(`${nodeRed.url}/sls-monitor/command`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(command),
    })
    const lines = (await response.text()).trim().split('\n')
    return { status: response.status, lines: lines.map((line) => JSON.parse(line) as unknown) }
  }

  it('brings the past, then only what is new, also after a deploy', async () => {
    const end = Date.now() + WAIT_MS
    let told = await ask()
    while (told.consumer.history.length === 0 && Date.now() < end) told = await ask()
    const [first] = told.consumer.history
    assert.deepEqual([first?.rate, first?.delaySeconds], [0, 0])
    const later = (await ask(told.at)).consumer.history
    assert.ok(later.every(({ at }) => at > told.at))
    assert.ok(later.length < (await ask()).consumer.history.length)
    await nodeRed.deploy(flows)
    assert.deepEqual((await ask()).consumer.history[0], first)
  })

  it('tells of a node as its status does', async () => {
    const { consumer } = await ask()
    assert.deepEqual([consumer.id, consumer.alias, consumer.error], ['flow-in', null, null])
    assert.ok(['green', 'yellow'].includes(consumer.status.fill), consumer.status.fill)
  })

  it('names the settings of a node that cannot start', async () => {
    const response = await nodeRed.request('/sls-monitor/consumers?since=0')
    const { consumers } = (await response.json()) as MonitorAnswer
    const { error } = consumers.find(({ id }) => id === 'broken') ?? assert.fail('not there')
    assert.equal(error?.code, 'SLS_CONFIG_INVALID')
    assert.ok(Math.abs(error.at - Date.now()) < 2 * WAIT_MS)
    assert.deepEqual(error.problems, [
      { field: 'group', reason: 'missing' },
      { field: 'commit', reason: 'not-text', params: { value: 'true' } },
    ])
  })

  it('answers a command that cannot be carried out with the reason', async () => {
    const command = { id: 'flow-in', action: 'skip', partition: 7 }
    const { status, lines } = await send(command)
    assert.equal(status, 200)
    assert.match(JSON.stringify(lines), /SLS_(SHARD_UNKNOWN|NOT_RUNNING)/)
    assert.match(JSON.stringify(await send({ ...command, id: 'nobody' })), /"code":"unknown"/)
  })

  it('refuses what the monitor does not send', async () => {
    const { status, lines } = await send({ id: 'flow-in', action: 'stop', partition: null })
    assert.deepEqual([status, lines], [400, [{ refusal: 'request-invalid' }]])
  })
})
