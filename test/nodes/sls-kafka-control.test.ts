import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Node } from 'node-red'
import helper from 'node-red-node-test-helper'
import type { CommandFields } from '../../lib/consumer/command'
import { snapshotOfConfigError } from '../../lib/consumer/snapshot'
import { reportOf } from '../../lib/monitoring/report'
import { statusOf } from '../../lib/monitoring/status'
import { writerReportOf } from '../../lib/monitoring/writer-report'
import { writerStatusOf } from '../../lib/monitoring/writer-status'
import { NodeError } from '../../nodes/shared/runtime/node-error'
import registerSlsKafkaControl from '../../nodes/sls-kafka-control/runtime/register'
import { registerConsumer, type ConsumerNode } from '../../nodes/shared/runtime/consumers'
import { writerControl } from '../../nodes/shared/runtime/remote-control'
import { registerWriter } from '../../nodes/shared/runtime/writers'
import { ManualClock } from '../support/manual-clock'

type Settings = Record<string, unknown>

interface ConsumerOutcome {
  readonly id: string
  readonly name: string
  readonly action: string
  readonly ok: boolean
  readonly error?: { readonly code: string; readonly message: string }
}

const CONFIG_ERROR = { code: 'SLS_CONFIG_INVALID', at: 0 } as const
const REFUSED = new NodeError('SLS_NOT_RUNNING', 'not now')

describe('nodes/sls-kafka-control', () => {
  /** The commands that the consumers got: `id` and the fields of the message. */
  let commands: (CommandFields & { id: string })[] = []
  let caught: { code?: string; message: string }[] = []

  before(() => {
    helper.init(require.resolve('node-red'))
  })

  afterEach(async () => {
    await helper.unload()
  })

  /** Registers fake `sls-kafka-in` nodes that collect commands, and refuse them if configured. */
  function registerConsumers(RED: Parameters<typeof registerSlsKafkaControl>[0]): void {
    function Consumer(this: ConsumerNode, config: Settings): void {
      RED.nodes.createNode(this, config as never)
      registerConsumer(this, new ManualClock(), {
        control: (fields) => {
          commands.push({ id: this.id, ...fields })
          if (config['refuses']) return Promise.reject(REFUSED)
          return Promise.resolve({ shards: [{ partition: 0 }] })
        },
        source: { project: '', logstore: '', group: '' },
        status: () => statusOf(snapshotOfConfigError(CONFIG_ERROR)),
        report: () => reportOf(snapshotOfConfigError(CONFIG_ERROR)),
        lastError: () => null,
        problems: [],
      })
    }
    RED.nodes.registerType('sls-kafka-in', Consumer as never)
  }

  /** Registers fake `sls-kafka-out` nodes. */
  function registerWriters(RED: Parameters<typeof registerSlsKafkaControl>[0]): void {
    function Writer(this: ConsumerNode, config: Settings): void {
      RED.nodes.createNode(this, config as never)
      registerWriter(this, {
        control: writerControl(() => writerReportOf([]), String),
        ...{ project: '', logstore: '', lastError: () => null },
        status: () => writerStatusOf([]),
        report: () => writerReportOf([]),
      })
    }
    RED.nodes.registerType('sls-kafka-out', Writer as never)
  }

  async function load(settings: Settings, others: readonly Settings[] = []): Promise<void> {
    commands = []
    caught = []
    const onTab = { z: 'tab', x: 1, y: 1 }
    await helper.load(
      [registerSlsKafkaControl, registerConsumers, registerWriters] as never,
      [
        { id: 'tab', type: 'tab', label: 'test' },
        { id: 'other-tab', type: 'tab', label: 'test' },
        { ...onTab, id: 'n-1', type: 'sls-kafka-in', name: 'nginx' },
        { ...onTab, id: 'n-2', type: 'sls-kafka-in' },
        { ...onTab, id: 'n-off', type: 'sls-kafka-in', d: true },
        { ...onTab, z: 'other-tab', id: 'n-3', type: 'sls-kafka-in' },
        { ...onTab, id: 'n-control', type: 'sls-kafka-control', wires: [['n-out']], ...settings },
        { ...onTab, id: 'n-out', type: 'helper' },
        { ...onTab, id: 'n-catch', type: 'catch', wires: [['n-caught']] },
        { ...onTab, id: 'n-caught', type: 'helper' },
        ...others,
      ] as never,
    )
    helper.getNode('n-caught').on('input', (message) => {
      caught.push((message as unknown as { error: { message: string } }).error)
    })
  }

  async function receive(message: Settings): Promise<Settings & { payload: ConsumerOutcome[] }> {
    const passed = once(helper.getNode('n-out'), 'input')
    helper.getNode('n-control').receive(message)
    const [received] = (await passed) as [Settings & { payload: ConsumerOutcome[] }]
    // What goes to Catch nodes takes one more turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    return received
  }

  it('commands all consumers of its tab unless some are chosen, and reports an outcome for each', async () => {
    await load({ action: 'pause' })
    const { payload, topic } = await receive({ payload: 1, topic: 'kept' })
    assert.equal(topic, 'kept')
    const common = { action: 'pause', ok: true, shards: [{ partition: 0 }] }
    assert.deepEqual(payload, [
      { id: 'n-1', name: 'nginx', ...common },
      { id: 'n-2', name: '', ...common },
    ])
    assert.deepEqual(caught, [])
  })

  it('passes the fields of the message on, and reads the action from the message if configured', async () => {
    await load({ consumers: ['n-1'] })
    const fields = { action: 'seek', partition: 2, offset: '42', timestamp: undefined }
    await receive({ ...fields, key: 'not this' })
    assert.deepEqual(commands, [{ id: 'n-1', ...fields }])
    await helper.unload()
    await load({ consumers: ['n-1'], action: 'stop' })
    await receive({ action: 'seek' })
    assert.equal(commands[0]?.action, 'stop')
  })

  it('reads null or an empty action as the default', async () => {
    for (const action of [null, '']) {
      await load({ consumers: ['n-1'], action })
      await receive({ action: 'pause' })
      assert.equal(commands[0]?.action, 'pause')
      await helper.unload()
    }
  })

  it('reports its own setting for an unknown action, and commands no consumer', async () => {
    for (const action of ['restart', true, '${NO_SUCH_VARIABLE}']) {
      await load({ consumers: ['n-1'], action })
      const { payload } = await receive({ action: 'pause' })
      assert.deepEqual(
        payload.map(({ ok, error }) => [ok, error?.code]),
        [[false, 'SLS_CONFIG_INVALID']],
      )
      assert.deepEqual(
        caught.map(({ code }) => code),
        ['SLS_CONFIG_INVALID'],
      )
      assert.deepEqual(commands, [])
      await helper.unload()
    }
  })

  it('seeks to the offset of the message of a record, and not to its time', async () => {
    await load({ consumers: ['n-1'], action: 'seek' })
    const kafka = { project: 'shop-prod', group: 'node-red', attempt: 1 }
    await receive({ partition: 2, offset: '42', timestamp: 1_700_000_000_000, kafka })
    const position = { partition: 2, offset: '42', timestamp: undefined }
    assert.deepEqual(commands, [{ id: 'n-1', action: 'seek', ...position }])
  })

  it('finds chosen consumers on other tabs, as a list or as one text', async () => {
    for (const consumers of [['n-3'], 'n-3']) {
      await load({ action: 'status', consumers })
      const { payload } = await receive({})
      assert.deepEqual(
        payload.map(({ id, ok }) => [id, ok]),
        [['n-3', true]],
      )
      await helper.unload()
    }
  })

  for (const [what, id] of [
    ['was deleted', 'n-gone'],
    ['is disabled', 'n-off'],
    ['is something else', 'n-out'],
    ['is written as an object', { id: 'n-1' }],
  ] as const) {
    it(`reports a consumer that ${what}, and commands the others`, async () => {
      await load({ action: 'pause', consumers: [id, 'n-1'] })
      const { payload } = await receive({})
      assert.deepEqual(
        payload.map(({ ok, error }) => [ok, error?.code]),
        [
          [false, 'SLS_CONFIG_INVALID'],
          [true, undefined],
        ],
      )
      assert.deepEqual(
        caught.map(({ code }) => code),
        ['SLS_CONFIG_INVALID'],
      )
    })
  }

  it('reports a refusal on its output and to Catch nodes, and commands the other consumers', async () => {
    const refusing = { id: 'n-0', type: 'sls-kafka-in', z: 'tab', x: 1, y: 1, refuses: true }
    await load({ action: 'pause', consumers: ['n-0', 'n-1', 'n-0'] }, [refusing])
    const { payload } = await receive({})
    assert.deepEqual(
      payload.map(({ ok, error }) => [ok, error]),
      [
        [false, { code: 'SLS_NOT_RUNNING', message: 'not now' }],
        [true, undefined],
        [false, { code: 'SLS_NOT_RUNNING', message: 'not now' }],
      ],
    )
    assert.deepEqual(
      caught.map(({ code }) => code),
      ['SLS_NOT_RUNNING'],
      'the first one of a message',
    )
  })

  const writer = { id: 'n-w', type: 'sls-kafka-out', name: 'enriched', z: 'tab', x: 1, y: 1 }

  it('reports the status of the writers of its tab after that of its consumers', async () => {
    await load({ action: 'status' }, [writer, { ...writer, id: 'n-w2', z: 'other-tab' }])
    const { payload } = await receive({})
    assert.deepEqual(
      payload.map(({ id }) => id),
      ['n-1', 'n-2', 'n-w'],
    )
    assert.deepEqual(payload.at(-1), {
      ...{ id: 'n-w', name: 'enriched', action: 'status', ok: true },
      ...writerReportOf([]),
    })
  })

  it('leaves the writers of its tab alone with any other action', async () => {
    for (const action of ['pause', 'resume', 'stop', 'start', 'skip', 'restart']) {
      await load({}, [writer])
      const { payload } = await receive({ action })
      assert.deepEqual(
        payload.map(({ id }) => id),
        ['n-1', 'n-2'],
      )
      await helper.unload()
    }
  })

  it('answers status for a chosen writer, and refuses all other actions for it', async () => {
    await load({ consumers: ['n-w', 'n-1'] }, [writer])
    const status = await receive({ action: 'status' })
    assert.deepEqual(
      status.payload.map(({ id, ok }) => [id, ok]),
      [
        ['n-w', true],
        ['n-1', true],
      ],
    )
    const { payload } = await receive({ action: 'pause' })
    assert.deepEqual(
      payload.map(({ id, ok, error }) => [id, ok, error?.code]),
      [
        ['n-w', false, 'SLS_CONTROL_INVALID'],
        ['n-1', true, undefined],
      ],
    )
    assert.match(payload[0]?.error?.message ?? '', /not-for-writers/)
    assert.deepEqual(
      caught.map(({ code }) => code),
      ['SLS_CONTROL_INVALID'],
    )
  })

  it('reports a tab without consumers', async () => {
    await load({ action: 'pause', z: 'third-tab' }, [
      { id: 'third-tab', type: 'tab', label: 'test' },
    ])
    const { payload } = await receive({})
    assert.deepEqual(payload, [])
  })

  it('sends one message for each message', async () => {
    await load({ action: 'pause' })
    let messages = 0
    helper.getNode('n-out').on('input', () => messages++)
    await receive({})
    await receive({})
    assert.equal(messages, 2)
  })

  it('does not find a consumer that was closed', async () => {
    await load({ action: 'pause', consumers: ['n-1'] })
    const node = helper.getNode('n-1') as Node & { close(): Promise<void> }
    await node.close()
    const { payload } = await receive({})
    assert.equal(payload[0]?.error?.code, 'SLS_CONFIG_INVALID')
  })
})
