import assert from 'node:assert/strict'
import { once } from 'node:events'
import helper from 'node-red-node-test-helper'
import { parseToken } from '../../lib/delivery/token'
import { registerMembership } from '../../lib/delivery/ack-registry'
import type { OutcomeKind, Reason } from '../../lib/delivery/outcome'
import registerSlsKafkaAck from '../../nodes/sls-kafka-ack/runtime/register'
import { fakeMembership } from '../support/fake-membership'

const MEMBERSHIP = '0a1b2c3d'
const TOKEN = `${MEMBERSHIP}.0.1.42.1`
const OTHER = `${MEMBERSHIP}.3.1.43.1`

type Settings = Record<string, unknown>

describe('nodes/sls-kafka-ack', () => {
  /** The outcomes that the node has reported to the membership. */
  let outcomes: { kind: OutcomeKind; recordNumber: number; reason?: Reason }[] = []
  let unregister: () => void
  let caught: { code?: string; message: string }[] = []

  before(() => {
    helper.init(require.resolve('node-red'))
  })

  beforeEach(() => {
    outcomes = []
    caught = []
    unregister = registerMembership(
      MEMBERSHIP,
      fakeMembership({
        acked: (recordNumber) => {
          outcomes.push({ kind: 'ack', recordNumber })
        },
        failed: (recordNumber, { kind, reason }) => {
          outcomes.push({ kind, recordNumber, reason })
        },
      }),
    )
  })

  afterEach(async () => {
    unregister()
    await helper.unload()
  })

  async function load(settings: Settings = {}): Promise<void> {
    const onTab = { z: 'tab', x: 1, y: 1 }
    await helper.load(registerSlsKafkaAck, [
      { id: 'tab', type: 'tab', label: 'test' },
      { ...onTab, id: 'n-ack', type: 'sls-kafka-ack', wires: [['n-out']], ...settings },
      { ...onTab, id: 'n-out', type: 'helper' },
      { ...onTab, id: 'n-catch', type: 'catch', wires: [['n-caught']] },
      { ...onTab, id: 'n-caught', type: 'helper' },
    ] as never)
    helper.getNode('n-caught').on('input', (message) => {
      caught.push((message as unknown as { error: { message: string } }).error)
    })
  }

  /** Resolves when the node has passed the message on. */
  async function receive(message: Settings): Promise<Settings> {
    const passed = once(helper.getNode('n-out'), 'input')
    helper.getNode('n-ack').receive(message)
    const [received] = (await passed) as [Settings]
    // What goes to Catch nodes takes one more turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    return received
  }

  it('acknowledges the record that the token names, and passes the message on', async () => {
    await load()
    const message = { payload: 'x', kafka: { token: TOKEN } }
    assert.equal((await receive(message))['payload'], 'x')
    assert.deepEqual(outcomes, [{ kind: 'ack', recordNumber: 42 }])
  })

  it('finds the record by the id of a message that has lost its token', async () => {
    await load()
    await receive({ payload: 'new object', _msgid: TOKEN })
    assert.equal(outcomes[0]?.recordNumber, 42)
  })

  it('acknowledges several records with one message', async () => {
    await load({ token: 'payload.kafka.token', tokenType: 'jsonata' })
    await receive({ payload: [{ kafka: { token: TOKEN } }, { kafka: { token: OTHER } }] })
    assert.deepEqual(
      outcomes.map(({ recordNumber }) => recordNumber),
      [42, 43],
    )
  })

  for (const kind of ['nack', 'reject']) {
    it(`reports a ${kind} with the reason of a Catch node`, async () => {
      await load({ action: kind })
      await receive({ kafka: { token: TOKEN }, error: { message: 'connection refused' } })
      assert.equal(outcomes[0]?.kind, kind)
      assert.deepEqual(outcomes[0].reason, { text: 'connection refused' })
    })
  }

  it('reads the action from the message if configured', async () => {
    await load({ action: 'msg' })
    await receive({ action: 'nack', kafka: { token: TOKEN } })
    assert.equal(outcomes[0]?.kind, 'nack')
  })

  it('reports messages without a token once', async () => {
    await load()
    await receive({ payload: 'from elsewhere' })
    await receive({ payload: 'from elsewhere' })
    assert.deepEqual(
      caught.map(({ code }) => code),
      ['SLS_TOKEN_MISSING'],
    )
    assert.equal(outcomes.length, 0)
  })

  describe('behind a Catch node for all nodes', () => {
    const errorOf = (type: string, id: string): Settings => {
      return { error: { message: 'SLS_…: no answer', source: { id, type, count: 1 } } }
    }

    it('passes on an error of this package that belongs to no record, and reports nothing', async () => {
      await load({ action: 'nack' })
      const kafka = { project: 'p', group: 'g' }
      for (const type of ['sls-kafka-in', 'sls-kafka-control', 'sls-kafka-ack']) {
        assert.ok((await receive({ topic: 'l', kafka, ...errorOf(type, 'x') }))['error'])
      }
      assert.deepEqual([caught, outcomes], [[], []])
    })

    it('does so also if the message lacks the configured action', async () => {
      await load({ action: 'msg' })
      await receive(errorOf('sls-kafka-in', 'x'))
      assert.deepEqual(caught, [])
    })

    it('fails the record that an error of sls in belongs to', async () => {
      await load({ action: 'nack' })
      await receive({ kafka: { token: TOKEN }, ...errorOf('sls-kafka-in', 'x') })
      assert.equal(outcomes[0]?.kind, 'nack')
    })

    it('reports a message without a token, once for each failed node', async () => {
      await load({ action: 'nack' })
      await receive(errorOf('sls-kafka-in', 'x'))
      for (const id of ['one', 'other', 'one']) await receive(errorOf('function', id))
      assert.deepEqual(
        caught.map(({ code }) => code),
        ['SLS_TOKEN_MISSING', 'SLS_TOKEN_MISSING'],
      )
    })
  })

  it('reports messages without a token once for each sls in node that sent them', async () => {
    await load()
    for (const group of ['one', 'other', 'one']) await receive({ kafka: { project: 'p', group } })
    assert.equal(caught.length, 2)
  })

  it('reports each unknown action once, and at most ten', async () => {
    await load({ action: 'msg' })
    const send = (action: string): Promise<Settings> => {
      return receive({ action, kafka: { token: TOKEN } })
    }
    for (const action of ['commit', 'done', 'commit']) await send(action)
    assert.equal(caught.length, 2)
    for (let index = 0; index < 30; index++) await send(`action ${index}`)
    assert.equal(caught.length, 10)
  })

  it('reports an unknown action', async () => {
    await load({ action: 'msg' })
    await receive({ action: 'commit', kafka: { token: TOKEN } })
    assert.equal(caught[0]?.code, 'SLS_ACTION_UNKNOWN')
    assert.equal(outcomes.length, 0)
  })

  for (const absent of [null, undefined, '']) {
    it(`reads ${JSON.stringify(absent)} in a setting as the default`, async () => {
      const token = absent === '' ? {} : { token: absent }
      await load({ action: absent, tokenType: absent, ...token })
      await receive({ kafka: { token: TOKEN } })
      assert.deepEqual(caught, [])
      assert.deepEqual(outcomes, [{ kind: 'ack', recordNumber: 42 }])
    })
  }

  const wrong: readonly [string, Settings][] = [
    ['an action', { action: 'commit' }],
    ['an action that is a list', { action: ['ack'] }],
    ['an action from a variable that is not set', { action: '${NO_SUCH_VARIABLE}' }],
    ['a kind of token', { tokenType: 'record' }],
    ['a token that is a list', { token: ['kafka', 'token'] }],
  ]
  for (const [what, settings] of wrong) {
    it(`reports its own setting once for ${what} that does not exist`, async () => {
      await load(settings)
      await receive({ kafka: { token: TOKEN } })
      await receive({ kafka: { token: OTHER } })
      assert.deepEqual(
        caught.map(({ code }) => code),
        ['SLS_CONFIG_INVALID'],
      )
      assert.equal(outcomes.length, 0)
    })
  }

  it('survives an action that has no text', async () => {
    await load({ action: 'msg' })
    const action = Object.assign(Object.create(null) as object, { nested: 10n })
    await receive({ action, kafka: { token: TOKEN } })
    assert.equal(caught[0]?.code, 'SLS_ACTION_UNKNOWN')
  })

  it('reports parts that cannot be counted, but a failure of one fails the record', async () => {
    await load({ action: 'msg' })
    const parts = { id: 's', index: 0, type: 'string' }
    await receive({ action: 'ack', kafka: { token: TOKEN }, parts })
    assert.equal(caught[0]?.code, 'SLS_PARTS_UNCOUNTED')
    assert.equal(outcomes.length, 0)
    await receive({ action: 'nack', kafka: { token: TOKEN }, parts })
    assert.equal(outcomes[0]?.kind, 'nack')
  })

  it('ignores a token of an earlier membership', async () => {
    await load()
    const stale = 'ffffffff.0.1.42.1'
    assert.ok(parseToken(stale))
    await receive({ kafka: { token: stale } })
    assert.deepEqual(caught, [])
    assert.equal(outcomes.length, 0)
  })

  it('reports an expression that fails, and does not use the message id instead', async () => {
    await load({ token: '$$$(', tokenType: 'jsonata' })
    const node = helper.getNode('n-ack')
    const failed = once(helper.getNode('n-caught'), 'input')
    node.receive({ payload: 'x', _msgid: TOKEN })
    await failed
    assert.equal(outcomes.length, 0)
  })
})
