import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Node } from 'node-red'
import helper from 'node-red-node-test-helper'
import registerSlsKafkaAck from '../../nodes/sls-kafka-ack/runtime/register'
import {
  healthOfConsumer,
  consumerOf,
  type RegisteredConsumer,
} from '../../nodes/shared/runtime/consumers'
import registerSlsKafkaIn from '../../nodes/sls-kafka-in/runtime/register'
import registerSlsProject from '../../nodes/sls-project/runtime/register'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { coreNode } from '../support/node-red-modules'

const LOGSTORE = 'access-log'
const tlsConfig = coreNode('network/05-tls') as typeof registerSlsProject

const TYPES = [tlsConfig, registerSlsProject, registerSlsKafkaIn, registerSlsKafkaAck]

type Settings = Record<string, unknown>

/** Every flow node has x and y: without them the test helper takes it for a config node. */
function flow(project: Settings, settings: Settings): Settings[] {
  return [
    { id: 'tab', type: 'tab', label: 'test' },
    { id: 'n-tls', type: 'tls-config', cert: '', key: '', ca: '', verifyservercert: true },
    { id: 'n-project', type: 'sls-project', tls: 'n-tls', ...project },
    {
      id: 'n-in',
      type: 'sls-kafka-in',
      z: 'tab',
      x: 1,
      y: 1,
      project: 'n-project',
      logstore: LOGSTORE,
      startFrom: 'earliest',
      wires: [['n-out']],
      ...settings,
    },
    { id: 'n-out', type: 'helper', z: 'tab', x: 1, y: 2 },
    { id: 'n-catch', type: 'catch', z: 'tab', x: 1, y: 3, wires: [['n-caught']] },
    { id: 'n-caught', type: 'helper', z: 'tab', x: 1, y: 4 },
  ]
}

describe('nodes/sls-kafka-in', () => {
  let endpoint: RunningEmulator

  before(async () => {
    helper.init(require.resolve('node-red'))
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: 4, 'deep-log': 1 } })
  })

  after(async () => {
    await endpoint.stop()
  })

  afterEach(async () => {
    await helper.unload()
  })

  async function load(settings: Settings, others: readonly Settings[] = []): Promise<void> {
    const project = { project: endpoint.project, bootstrap: `localhost:${endpoint.port}` }
    const nodes = [...flow(project, settings), ...others]
    await helper.load(TYPES, nodes as never, {
      'n-tls': { cadata: endpoint.ca },
      'n-project': {
        accessKeyId: endpoint.accessKeyId,
        accessKeySecret: endpoint.accessKeySecret,
      },
    })
  }

  function consumer(): RegisteredConsumer {
    return consumerOf(helper.getNode('n-in')) ?? assert.fail('not registered')
  }

  function received(id: string): Promise<Record<string, unknown>> {
    return once(helper.getNode(id), 'input').then(([message]) => message as Record<string, unknown>)
  }

  it('sends a record of the logstore to the flow', async () => {
    await load({ group: 'contract' })
    const message = received('n-out')
    await endpoint.append(LOGSTORE, [{ method: 'GET', status: '502' }], { shard: 1 })
    const { _msgid, timestamp, ...rest } = await message
    assert.equal(typeof _msgid, 'string')
    assert.ok(Math.abs(Number(timestamp) - Date.now()) < 60_000)
    assert.deepEqual(rest, {
      payload: { method: 'GET', status: '502' },
      topic: LOGSTORE,
      partition: 1,
      offset: '6717046784',
      key: null,
      value: '{"method":"GET","status":"502"}',
      kafka: { project: endpoint.project, group: 'contract', attempt: 1 },
    })
  })

  it('offers an undecodable record to Catch nodes, with a code and the record', async () => {
    await load({ group: 'catch', format: 'json' })
    const caught = received('n-caught')
    await endpoint.append(LOGSTORE, ['not json'], { shard: 2 })
    const message = await caught
    assert.equal((message['error'] as { code: string }).code, 'SLS_DECODE_FAILED')
    assert.equal(message['value'], 'not json')
    assert.equal(message['partition'], 2)
  })

  it('survives a value that is nested too deeply to be copied for a second wire', async () => {
    await load({ group: 'deep', logstore: 'deep-log', wires: [['n-out', 'n-out']] })
    const caught = received('n-caught')
    const good = new Promise((resolve) => {
      helper.getNode('n-out').on('input', ({ payload }: { payload?: unknown }) => {
        if (payload === 'good') resolve(payload)
      })
    })
    const depth = 50_000
    const poison = '['.repeat(depth) + ']'.repeat(depth)
    await endpoint.append('deep-log', [{ content: poison }, { content: 'good' }])
    assert.equal(((await caught)['error'] as { code: string }).code, 'SLS_SEND_FAILED')
    assert.equal(await good, 'good')
  })

  it('stays stopped without auto-start', async () => {
    await load({ group: 'manual', autoStart: false })
    const node = helper.getNode('n-in') as Node & { status: { lastCall: { args: unknown[] } } }
    const before = (await endpoint.state()).logins.accepted
    assert.match(JSON.stringify(node.status.lastCall.args[0]), /"state":"stopped"/)
    assert.equal((await endpoint.state()).logins.accepted, before)
  })

  it('stays stopped if a variable disables auto-start', async () => {
    for (const autoStart of ['false', 0]) {
      await load({ group: 'manual', autoStart })
      assert.equal(healthOfConsumer(consumer()).state, 'stopped')
      await helper.unload()
    }
  })

  it('names a wrong setting in its health, status and monitor', async () => {
    await load({ group: '', logstore: 'Access Log' })
    const node = helper.getNode('n-in') as Node & { status: { lastCall: { args: unknown[] } } }
    const health = healthOfConsumer(consumer())
    const { code, at = 0, message = '' } = health.lastError ?? {}
    assert.equal(code, 'SLS_CONFIG_INVALID')
    assert.ok(Math.abs(at - Date.now()) < 20_000)
    assert.match(message, /problems\.logstore-name .*problems\.missing/)
    assert.deepEqual([health.code, health.errors], ['SLS_CONFIG_INVALID', { [code]: 1 }])
    const status = node.status.lastCall.args[0] as { lastError: unknown }
    assert.deepEqual(status.lastError, health.lastError)
    assert.deepEqual(
      consumer().problems.map(({ field, reason }) => `${field} ${reason}`),
      ['logstore logstore-name', 'group missing'],
    )
  })

  for (const [what, project] of [
    ['none', ''],
    ['one that is not there', 'n-gone'],
    ['a node of another type', 'n-tls'],
  ]) {
    it(`reports that its project is disabled, deleted or not chosen if it has ${what}`, async () => {
      await load({ group: 'g', project })
      assert.deepEqual(consumer().problems, [{ field: 'project-node', reason: 'node-missing' }])
    })
  }

  it('has texts in its health for any settings', async () => {
    await load({ group: { a: 1 }, logstore: ['x'], project: null })
    const { logstore, group } = healthOfConsumer(consumer())
    assert.deepEqual([logstore, group], ['', ''])
  })

  it('shows missing settings and does not start', async () => {
    await load({ group: '', logstore: 'Access Log' })
    const node = helper.getNode('n-in') as Node & { status: { lastCall: { args: unknown[] } } }
    assert.match(JSON.stringify(node.status.lastCall.args[0]), /"code":"SLS_CONFIG_INVALID"/)
  })

  describe('when flows are deployed', () => {
    /** The codes of what all nodes have warned of since the flows were loaded. */
    function warnings(): string[] {
      const node = helper.getNode('n-in') as unknown as { warn: { args: [string][] } }
      return node.warn.args.map(([text]) => text.split(':', 1)[0] ?? '')
    }

    it('warns of a commit on ack without any ack node', async () => {
      await load({ group: 'no-ack', commit: 'onAck' })
      assert.deepEqual(warnings(), ['SLS_ACK_NODE_MISSING'])
    })

    it('warns of an ack node that is disabled, and not of one that is not', async () => {
      const ack = { id: 'n-ack', type: 'sls-kafka-ack', z: 'tab', x: 1, y: 5, wires: [[]] }
      await load({ group: 'no-ack', commit: 'onAck' }, [{ ...ack, d: true }])
      assert.deepEqual(warnings(), ['SLS_ACK_NODE_MISSING'])
      await helper.unload()
      await load({ group: 'no-ack', commit: 'onAck' }, [ack])
      assert.deepEqual(warnings(), [])
    })

    it('warns if more records can be in flight than core nodes hold', async () => {
      const ack = { id: 'n-ack', type: 'sls-kafka-ack', z: 'tab', x: 1, y: 5, wires: [[]] }
      const settings = { group: 'buffer', commit: 'onAck', maxInFlight: '6' }
      for (const [limit, expected] of [
        [5, ['SLS_BUFFER_LIMIT']],
        [6, []],
        [0, []],
      ] as const) {
        helper.settings({ nodeMessageBufferMaxLength: limit })
        await load(settings, [ack])
        assert.deepEqual(warnings(), expected, String(limit))
        await helper.unload()
      }
      helper.settings({})
      await load({ ...settings, commit: 'onSend' }, [ack])
      assert.deepEqual(warnings(), [])
    })

    it('lets 100 records be in flight if an older version saved batches without a number', async () => {
      const ack = { id: 'n-ack', type: 'sls-kafka-ack', z: 'tab', x: 1, y: 5, wires: [[]] }
      const settings = { group: 'older', commit: 'onAck', emit: 'batch', maxInFlight: '' }
      helper.settings({ nodeMessageBufferMaxLength: 100 })
      for (const [version, expected] of [
        [undefined, []],
        [1, []],
        [2, ['SLS_BUFFER_LIMIT']],
      ] as const) {
        await load({ ...settings, version }, [ack])
        assert.deepEqual(warnings(), expected, String(version))
        await helper.unload()
      }
      helper.settings({})
    })

    it('warns if dead letters go to an output without a wire', async () => {
      const ack = { id: 'n-ack', type: 'sls-kafka-ack', z: 'tab', x: 1, y: 5, wires: [[]] }
      const settings = { group: 'dead', commit: 'onAck', onExhausted: 'output' }
      for (const [wires, expected] of [
        [[['n-out']], ['SLS_OUTPUT_UNWIRED']],
        [[['n-out'], []], ['SLS_OUTPUT_UNWIRED']],
        [[['n-out'], ['n-ack']], []],
      ] as const) {
        await load({ ...settings, wires }, [ack])
        assert.deepEqual(warnings(), expected, JSON.stringify(wires))
        await helper.unload()
      }
      await load({ ...settings, onExhausted: 'stop' }, [ack])
      assert.deepEqual(warnings(), [])
    })

    it('warns one of two nodes that read the same logstore in the same group', async () => {
      const other = {
        id: 'n-other',
        type: 'sls-kafka-in',
        z: 'tab',
        x: 1,
        y: 6,
        project: 'n-project',
        logstore: LOGSTORE,
        wires: [[]],
      }
      await load({ group: 'shared' }, [{ ...other, group: 'shared' }])
      assert.deepEqual(warnings(), ['SLS_GROUP_SHARED'])
      await helper.unload()
      await load({ group: 'shared' }, [{ ...other, group: 'of its own' }])
      assert.deepEqual(warnings(), [])
      await helper.unload()
      await load({ group: 'shared' }, [{ ...other, group: 'shared', sharesGroup: true }])
      assert.deepEqual(warnings(), [], 'shared on purpose')
    })
  })

  it('leaves the group when it is closed', async () => {
    await load({ group: 'leave' })
    const message = received('n-out')
    await endpoint.append(LOGSTORE, ['x'])
    await message
    await helper.unload()
    const { groups } = await endpoint.state()
    assert.deepEqual(groups.find(({ id }) => id === 'leave')?.members, [])
  })
})
