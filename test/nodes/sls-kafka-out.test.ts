import assert from 'node:assert/strict'
import { once } from 'node:events'
import helper from 'node-red-node-test-helper'
import registerSlsKafkaIn from '../../nodes/sls-kafka-in/runtime/register'
import registerSlsKafkaOut from '../../nodes/sls-kafka-out/runtime/register'
import { allWriters } from '../../nodes/shared/runtime/writers'
import registerSlsProject from '../../nodes/sls-project/runtime/register'
import type { Emulator } from '../../tools/emulator/emulator'
import { parseFault, type FaultDescription } from '../../tools/emulator/faults/parse-fault'
import { waitUntil } from '../../tools/shared/polling'
import { coreNode } from '../support/node-red-modules'
import { storedIn, storedOf } from '../support/stored-logs'
import { startEndpoint } from '../unit/emulator/support/endpoint'

const LOGSTORE = 'app-log'
const tlsConfig = coreNode('network/05-tls') as typeof registerSlsProject
const catchNode = coreNode('common/25-catch') as typeof registerSlsProject

const TYPES = [tlsConfig, catchNode, registerSlsProject, registerSlsKafkaIn, registerSlsKafkaOut]

type Settings = Record<string, unknown>
type Message = Record<string, unknown>

describe('nodes/sls-kafka-out', () => {
  let endpoint: Emulator

  beforeEach(async () => {
    helper.init(require.resolve('node-red'))
    endpoint = await startEndpoint(['--logstore', `${LOGSTORE}:2`, '--logstore', 'other-log:1'])
  })

  afterEach(async () => {
    await helper.unload()
    await endpoint.stop()
  })

  /** A tab with sls out → helper `n-next`, and a Catch node → helper `n-caught`. */
  async function load(settings: Settings = {}, others: readonly Settings[] = []): Promise<void> {
    const { access, certificate, listener } = endpoint
    const at = (id: string): Settings => ({ id, z: 'tab', x: 1, y: 1 })
    const nodes = [
      { id: 'tab', type: 'tab', label: 'test' },
      { id: 'n-tls', type: 'tls-config', cert: '', key: '', ca: '', verifyservercert: true },
      {
        id: 'n-project',
        type: 'sls-project',
        tls: 'n-tls',
        project: access.projectName,
        bootstrap: `localhost:${listener.port}`,
      },
      {
        ...at('n-out'),
        type: 'sls-kafka-out',
        project: 'n-project',
        logstore: LOGSTORE,
        wires: [['n-next']],
        ...settings,
      },
      { ...at('n-next'), type: 'helper' },
      { ...at('n-catch'), type: 'catch', wires: [['n-caught']] },
      { ...at('n-caught'), type: 'helper' },
      ...others,
    ]
    await helper.load(TYPES, nodes as never, {
      'n-tls': { cadata: certificate.ca },
      'n-project': { accessKeyId: access.accessKey.id, accessKeySecret: access.accessKey.secret },
    })
  }

  function received(id: string): Promise<Message> {
    return once(helper.getNode(id), 'input').then(([message]) => message as Message)
  }

  /** Sends a message to the node and resolves with what leaves its output. */
  async function written(message: Message): Promise<Message> {
    const next = received('n-next')
    helper.getNode('n-out').receive(message)
    return next
  }

  /** Sends a message to the node and resolves with what the Catch node gets. */
  async function caught(message: Message): Promise<Message> {
    const next = received('n-caught')
    helper.getNode('n-out').receive(message)
    return next
  }

  function fail(description: FaultDescription): void {
    endpoint.faults.add(parseFault(description))
  }

  function status(): Settings {
    const [writer] = allWriters()
    return { ...(writer ?? assert.fail('not registered')).status() }
  }

  async function until(what: string, condition: () => boolean): Promise<void> {
    await waitUntil(condition, () => `${what}: ${JSON.stringify(status())}`, { timeoutMs: 15_000 })
  }

  it('passes a message on when its log is stored, and says where', async () => {
    await load()
    const token = { id: 7 }
    const message = await written({ payload: 'hello', kafka: token, topic: 'other-log' })
    assert.deepEqual(storedOf(endpoint, LOGSTORE), ['hello'])
    assert.deepEqual(storedOf(endpoint, 'other-log'), [], 'msg.topic is no logstore by default')
    const { logstore, count, shards } = message['written'] as {
      logstore: string
      count: number
      shards: Record<string, { count: number; offset: string | null }>
    }
    assert.deepEqual([logstore, count], [LOGSTORE, 1])
    const stored = Object.values(shards)
    assert.deepEqual(
      stored.map((share) => share.count),
      [1],
    )
    for (const { offset } of stored) assert.match(String(offset), /^\d+$/)
    assert.equal(message['kafka'], token, 'the token of the message')
  })

  it('passes nothing on before the service has answered', async () => {
    await load()
    await written({ payload: 'first' })
    fail({ kind: 'delay', api: 'Produce', ms: 300, times: 1 })
    let hasPassed = false
    const next = written({ payload: 'second' }).then(() => {
      hasPassed = true
    })
    await until('waited for the request', () => status()['inFlight'] === 1)
    assert.equal(hasPassed, false)
    await next
  })

  it('makes a log of each element of an array, and none of an empty one', async () => {
    await load({ order: 'shard' })
    await written({ payload: ['a', 2, { level: 'info', took: 3 }] })
    const stored = [0, 1].map((shard) => storedIn(endpoint, LOGSTORE, shard))
    assert.deepEqual(stored.sort(), [[], ['a', '2', '{"level":"info","took":"3"}']])
    const { written: empty } = await written({ payload: [] })
    assert.deepEqual(empty, { logstore: LOGSTORE, count: 0, shards: {} })
  })

  it('reports a bad log with the original message, and says which were not written', async () => {
    await load()
    const message = await caught({ payload: ['a', null, 'b'], kafka: { token: 't' } })
    const { code } = message['error'] as Settings
    assert.equal(code, 'SLS_RECORD_INVALID')
    assert.deepEqual(message['kafka'], { token: 't' })
    assert.deepEqual(message['payload'], ['a', null, 'b'])
    const { count, unwritten } = message['written'] as Settings
    assert.deepEqual({ count, unwritten }, { count: 3, unwritten: [1] })
    assert.deepEqual(storedOf(endpoint, LOGSTORE).sort(), ['a', 'b'])
  })

  it('refuses a message that does not fit into the buffer, and writes the others', async () => {
    await load({ bufferRecords: '2' })
    const message = await caught({ payload: ['a', 'b', 'c'] })
    assert.equal((message['error'] as Settings)['code'], 'SLS_BUFFER_FULL')
    await written({ payload: ['d', 'e'] })
    assert.deepEqual(storedOf(endpoint, LOGSTORE).sort(), ['d', 'e'])
  })

  it('writes to the logstore of the message if the settings say so', async () => {
    await load({ logstore: 'target', logstoreType: 'msg' })
    assert.equal(status()['state'], 'idle')
    await written({ payload: 'a', target: 'other-log' })
    await written({ payload: 'b', target: LOGSTORE })
    assert.deepEqual(storedOf(endpoint, 'other-log'), ['a'])
    assert.deepEqual(storedOf(endpoint, LOGSTORE), ['b'])
    for (const target of [undefined, 'No Name', 'app-log.3']) {
      const { error } = await caught({ payload: 'c', target })
      assert.equal((error as Settings)['code'], 'SLS_CONFIG_INVALID', String(target))
    }
    const { written: stored, failed } = allWriters()[0]?.report() ?? {}
    assert.deepEqual([stored, failed], [2, 3])
  })

  it('takes the time of the logs from the message', async () => {
    await load({ time: 'at', timeType: 'msg' })
    await written({ payload: 'now' })
    const { error } = await caught({ payload: 'old', at: Date.now() - 8 * 86_400_000 })
    assert.equal((error as Settings)['code'], 'SLS_RECORD_INVALID')
    await written({ payload: 'yesterday', at: new Date(Date.now() - 86_400_000).toISOString() })
    assert.deepEqual(storedOf(endpoint, LOGSTORE).sort(), ['now', 'yesterday'])
  })

  it('refuses a message whose time cannot be evaluated, and counts its logs as failed', async () => {
    await load({ time: '$number(at)', timeType: 'jsonata' })
    const { error } = await caught({ payload: ['a', 'b'], at: 'noon' })
    assert.equal((error as Settings)['code'], 'SLS_RECORD_INVALID')
    const { written: stored, failed, errors, lastError } = allWriters()[0]?.report() ?? {}
    assert.deepEqual([stored, failed, errors], [0, 2, { SLS_RECORD_INVALID: 2 }])
    assert.equal(lastError?.code, 'SLS_RECORD_INVALID')
  })

  it('shows before the first message whether the logstore can be written to', async () => {
    await load()
    await until('waited for the status', () => status()['state'] === 'ready')
    assert.deepEqual([status()['fill'], status()['text']], ['green', 'sls-kafka-out.status.ready'])
  })

  it('shows soon after the deploy that the logstore does not exist, and tells Catch nodes once', async () => {
    const errors: unknown[] = []
    await load({ logstore: 'no-such-log' })
    helper.getNode('n-caught').on('input', (message) => {
      errors.push((message as Settings)['error'])
    })
    await until('waited for the status', () => status()['fill'] === 'red')
    const { text, code } = status()
    assert.deepEqual(
      [text, code],
      ['sls-kafka-out.status.logstore-not-found', 'SLS_LOGSTORE_NOT_FOUND'],
    )
    await until('waited for the Catch node', () => errors.length > 0)
    assert.equal(errors.length, 1)
  })

  it('holds a message while nothing can be written, and writes it afterwards', async () => {
    await load()
    await written({ payload: 'before' })
    fail({ kind: 'error', error: 'KAFKA_STORAGE_ERROR', api: 'Produce', times: 4 })
    await written({ payload: 'during' })
    assert.deepEqual(storedOf(endpoint, LOGSTORE).sort(), ['before', 'during'])
  })

  it('refuses every message if its settings are wrong', async () => {
    await load({ logstore: 'app-log.3' })
    const [writer] = allWriters()
    assert.deepEqual(
      writer?.lastError()?.problems.map(({ field, reason }) => [field, reason]),
      [['logstore', 'virtual-topic']],
    )
    assert.equal(status()['text'], 'sls-kafka-out.status.config-invalid')
    const { error } = await caught({ payload: ['a', 'b'] })
    assert.equal((error as Settings)['code'], 'SLS_CONFIG_INVALID')
    const { failed, errors } = writer.report()
    assert.deepEqual([failed, errors], [2, { SLS_CONFIG_INVALID: 2 }])
  })

  it('warns if a node on the same tab reads the logstore that it writes to', async () => {
    const reader = { id: 'n-in', type: 'sls-kafka-in', z: 'tab', x: 1, y: 1, wires: [[]] }
    await load({}, [
      { ...reader, project: 'n-project', logstore: LOGSTORE, group: 'loop', autoStart: false },
    ])
    const node = helper.getNode('n-out') as unknown as { warn: { args: [string][] } }
    const warnings = node.warn.args.map(([text]) => text.split(':', 1)[0])
    assert.deepEqual(warnings, ['SLS_WRITE_LOOP'])
  })

  it('writes what is in its buffer when it closes, and refuses what comes later', async () => {
    await load()
    await written({ payload: 'first' })
    fail({ kind: 'delay', api: 'Produce', ms: 300, times: 1 })
    helper.getNode('n-out').receive({ payload: 'last' })
    await until('waited for the request', () => status()['inFlight'] === 1)
    await helper.unload()
    assert.deepEqual(storedOf(endpoint, LOGSTORE).sort(), ['first', 'last'])
    assert.deepEqual(allWriters(), [])
  })
})
