import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import helper from 'node-red-node-test-helper'
import { formatToken, tokenPrefix } from '../../lib/delivery/token'
import { registerMembership } from '../../lib/delivery/ack-registry'
import { fakeMembership } from '../support/fake-membership'
import { coreNode, nodeRedModule } from '../support/node-red-modules'
import registerSlsKafkaAck from '../../nodes/sls-kafka-ack/runtime/register'

const MEMBERSHIP = '0a1b2c3d'

/** The hooks of the runtime, which the test helper leaves out. */
const { hooks } = nodeRedModule('@node-red/util') as Pick<
  Parameters<typeof registerSlsKafkaAck>[0],
  'hooks'
>

const ackNode: typeof registerSlsKafkaAck = (RED) => {
  registerSlsKafkaAck({ ...RED, hooks })
}

type Settings = Record<string, unknown>
type Message = Settings & { _msgid: string; payload: unknown }

const CORE = [
  'parsers/70-CSV',
  'parsers/70-HTML',
  'sequence/17-split',
  'sequence/19-batch',
  'function/10-switch',
].map((path) => coreNode(path) as typeof registerSlsKafkaAck)

const splitAt = (text: string): Settings => ({
  type: 'split',
  splt: text,
  spltType: 'str',
  arraySplt: 1,
})
const csv = (settings: Settings = {}): Settings => ({
  type: 'csv',
  sep: ',',
  hdrin: '',
  hdrout: 'none',
  multi: 'one',
  temp: 'id,name',
  skip: '0',
  strings: true,
  ...settings,
})
const html = (tag: string): Settings => ({ type: 'html', tag, ret: 'html', as: 'multi' })
const batchOf = (count: number): Settings => ({
  type: 'batch',
  mode: 'count',
  count: String(count),
  overlap: '0',
})
/** What has a 1 goes to the first output, all else to the second; both are wired on. */
const REPAIRING_SWITCH: Settings = {
  type: 'switch',
  property: 'payload',
  propertyType: 'msg',
  rules: [{ t: 'cont', v: '1', vt: 'str' }, { t: 'else' }],
  checkall: 'true',
  repair: true,
  outputs: 2,
}

const PREFIX = tokenPrefix({ membership: MEMBERSHIP, shard: 0, assignment: 1 })

interface Case {
  readonly title: string
  readonly nodes: readonly Settings[]
  /** What the records hold, one after the other. */
  readonly records: readonly unknown[]
  /** Messages that reach the end of the flow. */
  readonly ends: number
}

const COUNTED: readonly Case[] = [
  {
    title: 'the elements of an HTML node',
    nodes: [html('li')],
    records: ['<li>a</li><li>b</li><li>c</li>'],
    ends: 3,
  },
  {
    title: 'the elements of an HTML node behind a Batch node',
    nodes: [batchOf(2), html('li')],
    records: ['<li>a</li><li>b</li>', '<li>c</li><li>d</li>'],
    ends: 4,
  },
  { title: 'the rows of a CSV node', nodes: [csv()], records: ['1,a\n2,b\n3,c'], ends: 3 },
  {
    title: 'the rows of a CSV node behind a Split at each line',
    nodes: [splitAt('\\n'), csv()],
    records: ['1,a\r\n2,b\r\n3,c'],
    ends: 3,
  },
  {
    title:
      'the rows of a CSV node behind a Split at each line, the first of which names the columns',
    nodes: [splitAt('\\n'), csv({ hdrin: true })],
    records: ['id,name\n2,b\n3,c'],
    ends: 2,
  },
  {
    title: 'the texts that a CSV node makes of split objects',
    nodes: [splitAt('\\n'), csv()],
    records: [
      [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
      ],
    ],
    ends: 2,
  },
  {
    title: 'the rows of a CSV node that are split into their columns',
    nodes: [csv(), splitAt(',')],
    records: ['1,a\n2,b'],
    ends: 4,
  },
  {
    title: 'the records of a Batch node behind a Switch that makes sequences of its own',
    nodes: [batchOf(3), REPAIRING_SWITCH],
    records: ['1', '2', '1'],
    ends: 3,
  },
]

const REFUSED: readonly Case[] = [
  {
    title: 'rows of a CSV node of which a part of a Split has several',
    nodes: [splitAt(';'), csv()],
    records: ['1,a\n9,b;1,c\n9,d'],
    ends: 4,
  },
  {
    title: 'rows of a CSV node of which a record of a Batch node has several',
    nodes: [batchOf(2), csv()],
    records: ['1,a\n9,b', '1,c\n9,d'],
    ends: 4,
  },
  {
    title: 'rows of a CSV node that takes the first one of a part off the count of parts',
    nodes: [splitAt(';'), csv({ hdrin: true })],
    records: ['id,name\n1,a;2,b;3,c'],
    ends: 3,
  },
  {
    title: 'rows of a part that a CSV node makes one list of, without the parts around it',
    nodes: [splitAt(';'), splitAt('\\n'), csv({ multi: 'mult' })],
    records: ['1,a\n9,b;1,c\n9,d'],
    ends: 2,
  },
  {
    title: 'rows of a CSV node in a Batch node',
    nodes: [csv(), batchOf(2)],
    records: ['1,a\n2,b\n3,c\n4,d'],
    ends: 4,
  },
  {
    title: 'rows of a CSV node, each alone in a Batch node',
    nodes: [csv(), batchOf(1)],
    records: ['1,a\n2,b'],
    ends: 2,
  },
  {
    title: 'elements of an HTML node in a Batch node',
    nodes: [html('li'), batchOf(2)],
    records: ['<li>a</li><li>b</li><li>c</li><li>d</li>'],
    ends: 4,
  },
  {
    title: 'elements of an HTML node behind a Split',
    nodes: [splitAt(';'), html('li')],
    records: ['<li>a</li><li>b</li>;<li>c</li>'],
    ends: 3,
  },
  {
    title: 'elements of an HTML node behind another',
    nodes: [html('ul'), html('li')],
    records: ['<ul><li>a</li><li>b</li></ul><ul><li>c</li></ul>'],
    ends: 3,
  },
  {
    title: 'parts of a Split in a Batch node',
    nodes: [splitAt(';'), batchOf(2)],
    records: ['a;b;c;d'],
    ends: 4,
  },
  {
    title: 'parts of a Split behind a Switch that makes sequences of its own',
    nodes: [splitAt(';'), REPAIRING_SWITCH],
    records: ['1;2;3;1'],
    ends: 4,
  },
  {
    title: 'rows of a CSV node behind a Switch that makes sequences of its own',
    nodes: [csv({ temp: 'id' }), { ...REPAIRING_SWITCH, property: 'payload.id' }],
    records: ['1\n2\n3'],
    ends: 3,
  },
]

describe('nodes/sls-kafka-ack behind core nodes that make parts', () => {
  let done: string[] = []
  let unregister: () => void

  before(() => {
    helper.init(require.resolve('node-red'))
  })

  beforeEach(() => {
    done = []
    unregister = registerMembership(
      MEMBERSHIP,
      fakeMembership({
        isUndone: (recordNumber) => !done.includes(String(recordNumber)),
        acked: (recordNumber) => {
          done.push(String(recordNumber))
        },
      }),
    )
  })

  afterEach(async () => {
    unregister()
    await helper.unload()
  })

  for (const { title, nodes, records, ends } of COUNTED) {
    it(`counts ${title}: no record is done before the last of them`, async () => {
      const ended = await run(nodes, records, ends)
      const last = ended.pop() ?? assert.fail('nothing ended')
      const recordNumber = recordNumberOf(last)
      for (const message of ended) await acknowledge(message)
      assert.ok(
        !done.includes(recordNumber),
        `${String(ended.length)} of ${String(ends)} were enough`,
      )
      await acknowledge(last)
      assert.deepEqual(
        done.sort(),
        records.map((_, index) => String(index)),
      )
      assert.deepEqual(caught(), [])
    })
  }

  for (const { title, nodes, records, ends } of REFUSED) {
    it(`refuses ${title}: no record is ever done`, async () => {
      for (const message of await run(nodes, records, ends)) await acknowledge(message)
      assert.deepEqual(done, [])
      assert.deepEqual(caught(), ['SLS_PARTS_UNCOUNTED'])
    })
  }

  let refusals: string[] = []
  const caught = (): readonly string[] => refusals

  /** Sends records through core nodes. @returns what comes out of the last one */
  async function run(
    nodes: readonly Settings[],
    records: readonly unknown[],
    ends: number,
  ): Promise<Message[]> {
    const onTab = { z: 'tab', x: 1, y: 1 }
    const chain = nodes.map((node, index) => {
      const next = [index + 1 < nodes.length ? `n-${String(index + 1)}` : 'n-end']
      const wires = Array.from({ length: Number(node['outputs'] ?? 1) }, () => next)
      return { ...onTab, id: `n-${String(index)}`, ...node, wires }
    })
    await helper.load([...CORE, ackNode], [
      { id: 'tab', type: 'tab', label: 'test' },
      ...chain,
      { ...onTab, id: 'n-end', type: 'helper' },
      { ...onTab, id: 'n-ack', type: 'sls-kafka-ack', wires: [['n-out']] },
      { ...onTab, id: 'n-out', type: 'helper' },
      { ...onTab, id: 'n-catch', type: 'catch', wires: [['n-caught']] },
      { ...onTab, id: 'n-caught', type: 'helper' },
    ] as never)
    refusals = []
    helper.getNode('n-caught').on('input', (message) => {
      refusals.push((message as unknown as { error: { code: string } }).error.code)
    })
    const ended: Message[] = []
    const arrivals = new EventEmitter()
    helper.getNode('n-end').on('input', (message) => {
      ended.push(message as unknown as Message)
      arrivals.emit('one')
    })
    records.forEach((payload, index) => {
      const token = formatToken(PREFIX, index, 1)
      const message = { payload, _msgid: token, kafka: { token } }
      helper.getNode('n-0').receive(message)
    })
    while (ended.length < ends) await once(arrivals, 'one')
    assert.equal(ended.length, ends)
    return ended
  }

  /** Resolves when the ack node has passed it on, and a Catch node would have had an error. */
  async function acknowledge(message: Message): Promise<void> {
    const passed = once(helper.getNode('n-out'), 'input')
    helper.getNode('n-ack').receive(message)
    await passed
    await new Promise((resolve) => setImmediate(resolve))
  }

  function recordNumberOf({ kafka }: Message): string {
    const { token } = kafka as { readonly token: string }
    return token.split('.')[3] ?? ''
  }
})
