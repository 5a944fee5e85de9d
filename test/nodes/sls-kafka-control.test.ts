import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Node } from 'node-red'
import helper from 'node-red-node-test-helper'
import type { CommandFields } from '../../lib/consumer/command'
import { snapshotOfConfigError } from '../../lib/consumer/snapshot'
import { reportOf } from '../../lib/monitoring/report'
import { statusOf } from '../../lib/monitoring/status'
import { NodeError } from '../../nodes/common/node-error'
import registerSlsKafkaControl from '../../nodes/sls-kafka-control/sls-kafka-control'
import { registerReader, type ReaderNode } from '../../nodes/sls-kafka-in/readers'
import { ManualClock } from '../support/manual-clock'

type Settings = Record<string, unknown>

interface Answer {
  readonly id: string
  readonly name: string
  readonly action: string
  readonly ok: boolean
  readonly error?: { readonly code: string; readonly message: string }
}

const TOLD = { code: 'SLS_CONFIG_INVALID', at: 0 } as const
const REFUSED = new NodeError('SLS_NOT_RUNNING', 'not now')

describe('nodes/sls-kafka-control', () => {
  /** What the consumers were told: `id` and the fields of the message. */
  let told: (CommandFields & { id: string })[] = []
  let caught: { code?: string; message: string }[] = []

  before(() => {
    helper.init(require.resolve('node-red'))
  })

  afterEach(async () => {
    await helper.unload()
  })

  /** Stands for an sls-kafka-in: it is told, and refuses what it is configured to. */
  function registerConsumers(RED: Parameters<typeof registerSlsKafkaControl>[0]): void {
    function Consumer(this: ReaderNode, config: Settings): void {
      RED.nodes.createNode(this, config as never)
      registerReader(this, new ManualClock(), {
        control: (fields) => {
          told.push({ id: this.id, ...fields })
          if (config['refuses']) return Promise.reject(REFUSED)
          return Promise.resolve({ shards: [{ partition: 0 }] })
        },
        reads: { project: '', logstore: '', group: '' },
        status: () => statusOf(snapshotOfConfigError(TOLD)),
        report: () => reportOf(snapshotOfConfigError(TOLD)),
        lastError: () => null,
        problems: [],
      })
    }
    RED.nodes.registerType('sls-kafka-in', Consumer as never)
  }

  async function load(settings: Settings, others: readonly Settings[] = []): Promise<void> {
    told = []
    caught = []
    const onTab = { z: 'tab', x: 1, y: 1 }
    await helper.load(
      [registerSlsKafkaControl, registerConsumers] as never,
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

  async function receive(message: Settings): Promise<Settings & { payload: Answer[] }> {
    const passed = once(helper.getNode('n-out'), 'input')
    helper.getNode('n-control').receive(message)
    const [received] = (await passed) as [Settings & { payload: Answer[] }]
    // What goes to Catch nodes takes one more turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    return received
  }

  it('tells all consumers of its tab unless some are chosen, and answers for each', async () => {
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

  it('hands the fields of the message on, and takes the action from there if that is wanted', async () => {
    await load({ consumers: ['n-1'] })
    const fields = { action: 'seek', partition: 2, offset: '42', timestamp: undefined }
    await receive({ ...fields, key: 'not this' })
    assert.deepEqual(told, [{ id: 'n-1', ...fields }])
    await helper.unload()
    await load({ consumers: ['n-1'], action: 'stop' })
    await receive({ action: 'seek' })
    assert.equal(told[0]?.action, 'stop')
  })

  it('takes null and empty text as its action for the default', async () => {
    for (const action of [null, '']) {
      await load({ consumers: ['n-1'], action })
      await receive({ action: 'pause' })
      assert.equal(told[0]?.action, 'pause')
      await helper.unload()
    }
  })

  it('blames its own setting for an action that there is not, and asks nothing of any consumer', async () => {
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
      assert.deepEqual(told, [])
      await helper.unload()
    }
  })

  it('takes of a record its offset as the position, and not its time', async () => {
    await load({ consumers: ['n-1'], action: 'seek' })
    const kafka = { project: 'shop-prod', group: 'node-red', attempt: 1 }
    await receive({ partition: 2, offset: '42', timestamp: 1_700_000_000_000, kafka })
    const position = { partition: 2, offset: '42', timestamp: undefined }
    assert.deepEqual(told, [{ id: 'n-1', action: 'seek', ...position }])
  })

  it('finds those that are chosen on other tabs, as a list or as one text', async () => {
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
    it(`tells of a consumer that ${what}, and still does the rest`, async () => {
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

  it('tells of a refusal on its output and to Catch nodes, and asks the others', async () => {
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

  it('tells of a tab without consumers', async () => {
    await load({ action: 'pause', z: 'third-tab' }, [
      { id: 'third-tab', type: 'tab', label: 'test' },
    ])
    const { payload } = await receive({})
    assert.deepEqual(payload, [])
  })

  it('answers a message with one message', async () => {
    await load({ action: 'pause' })
    let answers = 0
    helper.getNode('n-out').on('input', () => answers++)
    await receive({})
    await receive({})
    assert.equal(answers, 2)
  })

  it('does not find a consumer that was closed', async () => {
    await load({ action: 'pause', consumers: ['n-1'] })
    const node = helper.getNode('n-1') as Node & { close(): Promise<void> }
    await node.close()
    const { payload } = await receive({})
    assert.equal(payload[0]?.error?.code, 'SLS_CONFIG_INVALID')
  })
})
