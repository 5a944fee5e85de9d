import assert from 'node:assert/strict'
import type {
  MonitorResponse,
  MonitoredConsumer,
  MonitoredWriter,
} from '../../../nodes/sls-monitor/monitor-api'
import { startEmulator } from '../../../tools/emulator/process'
import { flowWith } from '../../../tools/shared/flow'
import {
  startNodeRed,
  startSink,
  type FlowNode,
  type NodeRed,
} from '../../../tools/shared/node-red'
import { endedAfterAll } from '../../support/suite'

const LOGSTORE = 'access-log'
const WAIT_MS = 30_000
const WRITER = { type: 'sls-kafka-out', z: 'flow', x: 100, y: 300, project: 'flow-project' }
/** sls out, fed by an Inject node with a log that SLS would refuse, and an sls out without a logstore. */
const WRITERS: readonly FlowNode[] = [
  { ...WRITER, id: 'writer', name: 'enriched', logstore: LOGSTORE, wires: [[]] },
  { ...WRITER, id: 'broken-writer', wires: [[]] },
  {
    ...{ id: 'write', type: 'inject', z: 'flow', x: 100, y: 300, wires: [['writer']] },
    props: [{ p: 'payload', v: '["a log",{"__time__":"reserved"}]', vt: 'json' }],
  },
]
const BROKEN = { id: 'broken', type: 'sls-kafka-in', group: '', commit: true }

describe('the routes of the monitor', () => {
  const resources = endedAfterAll()
  let nodeRed: NodeRed
  let flows: FlowNode[]

  before(async () => {
    const service = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const sink = await resources.started(startSink())
    const consumer = { logstore: LOGSTORE, group: 'g' }
    flows = flowWith({ service, consumer, records: sink, reports: sink })
    flows.push({ ...flows.find(({ id }) => id === 'flow-in'), ...BROKEN }, ...WRITERS)
    nodeRed = await resources.started(startNodeRed({ flows }))
    await sink.waitFor(({ status }) => status?.text?.includes('waiting') === true)
  })

  async function ask(since = 0): Promise<{ at: number; consumer: MonitoredConsumer }> {
    const response = await nodeRed.request(`/sls-monitor/consumers?since=${since}`)
    const { at, consumers } = (await response.json()) as MonitorResponse
    return { at, consumer: consumers[0] ?? assert.fail('no consumer') }
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

  it('return the history, then only what is new, also after a deploy', async () => {
    const end = Date.now() + WAIT_MS
    let answer = await ask()
    while (answer.consumer.history.length === 0 && Date.now() < end) answer = await ask()
    const [first] = answer.consumer.history
    assert.deepEqual([first?.rate, first?.delaySeconds], [0, 0])
    const later = (await ask(answer.at)).consumer.history
    assert.ok(later.every(({ at }) => at > answer.at))
    assert.ok(later.length < (await ask()).consumer.history.length)
    await nodeRed.deploy(flows)
    assert.deepEqual((await ask()).consumer.history[0], first)
  })

  it('describe a node as its status does', async () => {
    const { consumer } = await ask()
    assert.deepEqual([consumer.id, consumer.alias, consumer.error], ['flow-in', null, null])
    assert.ok(['green', 'yellow'].includes(consumer.status.fill), consumer.status.fill)
  })

  it('name the settings of a node that cannot start', async () => {
    const response = await nodeRed.request('/sls-monitor/consumers?since=0')
    const { consumers } = (await response.json()) as MonitorResponse
    const { error } = consumers.find(({ id }) => id === 'broken') ?? assert.fail('not there')
    assert.equal(error?.code, 'SLS_CONFIG_INVALID')
    assert.ok(Math.abs(error.at - Date.now()) < 2 * WAIT_MS)
    assert.deepEqual(error.problems, [
      { field: 'group', reason: 'missing' },
      { field: 'commit', reason: 'not-text', params: { value: 'true' } },
    ])
  })

  it('describe a writer, with its last error and what its text needs', async () => {
    await nodeRed.inject('write')
    const end = Date.now() + WAIT_MS
    let writers: readonly MonitoredWriter[] = []
    while (!writers[0]?.error && Date.now() < end) {
      const response = await nodeRed.request('/sls-monitor/consumers?since=0')
      writers = ((await response.json()) as MonitorResponse).writers
    }
    const [writer = assert.fail('no writer'), broken = assert.fail('no second writer')] = writers
    const { id, name, alias, status, written, failed, error } = writer
    assert.deepEqual([id, name, alias, written, failed], ['writer', 'enriched', null, 1, 1])
    assert.ok(['green', 'yellow'].includes(status.fill), status.fill)
    assert.equal(error?.code, 'SLS_RECORD_INVALID')
    assert.deepEqual([error.params['written'], error.params['count']], [1, 2])
    assert.deepEqual(
      [broken.status.fill, broken.error?.problems],
      ['red', [{ field: 'logstore', reason: 'missing' }]],
    )
  })

  it('respond with the reason to a command that cannot be carried out', async () => {
    const command = { id: 'flow-in', action: 'skip', partition: 7 }
    const { status, lines } = await send(command)
    assert.equal(status, 200)
    assert.match(JSON.stringify(lines), /SLS_(SHARD_UNKNOWN|NOT_RUNNING)/)
    assert.match(JSON.stringify(await send({ ...command, id: 'unknown' })), /"code":"unknown"/)
  })

  it('refuse what the monitor does not send', async () => {
    const { status, lines } = await send({ id: 'flow-in', action: 'stop', partition: null })
    assert.deepEqual([status, lines], [400, [{ refusal: 'request-invalid' }]])
  })
})
