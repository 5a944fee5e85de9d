import assert from 'node:assert/strict'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { flowWith } from '../../tools/shared/flow'
import {
  startNodeRed,
  startSink,
  type FlowNode,
  type NodeRed,
  type Sink,
} from '../../tools/shared/node-red'
import { command, type ControlAnswer } from '../support/control-nodes'
import { endedAfterAll } from '../support/suite'

const SUBFLOW = 'sub'
const INSTANCES = ['one', 'two']
/** In the subflow. */
const CONSUMERS = ['sub-in', 'sub-other']

describe('sls-kafka-control in two instances of one subflow', () => {
  const resources = endedAfterAll()
  let emulator: RunningEmulator
  let nodeRed: NodeRed
  let answers: Sink

  before(async () => {
    emulator = await resources.started(startEmulator({ logstores: { 'access-log': 2 } }))
    answers = await resources.started(startSink())
    nodeRed = await resources.started(startNodeRed())
  })

  /** Each instance has two consumers in groups of its own, and a control node for some of them. */
  async function deploy(consumers: readonly string[]): Promise<void> {
    const records = answers
    const config = flowWith({ service: emulator, consumer: {}, records, reports: answers })
    const configNodes = config.filter(({ type }) => /tls-config|sls-project/.test(type))
    const inSubflow = { z: SUBFLOW, x: 100, y: 100 }
    await nodeRed.deploy([
      ...configNodes,
      {
        id: SUBFLOW,
        type: 'subflow',
        name: 'reader',
        in: [{ x: 10, y: 10, wires: [{ id: 'sub-control' }] }],
        out: [{ x: 300, y: 10, wires: [{ id: 'sub-control', port: 0 }] }],
        env: [{ name: 'GROUP', type: 'str', value: '' }],
      },
      ...CONSUMERS.map((id): FlowNode => ({
        ...inSubflow,
        id,
        type: 'sls-kafka-in',
        version: 1,
        name: `reads as ${id}`,
        project: 'flow-project',
        logstore: 'access-log',
        group: '${GROUP}',
        wires: [[]],
      })),
      {
        ...inSubflow,
        id: 'sub-control',
        type: 'sls-kafka-control',
        version: 1,
        consumers,
        action: 'msg',
        wires: [[]],
      },
      { id: 'tab', type: 'tab', label: 'tab' },
      ...INSTANCES.flatMap(instance),
    ])
  }

  function instance(name: string): FlowNode[] {
    const onTab = { z: 'tab', x: 100, y: 100 }
    return [
      { ...onTab, id: `${name}-command`, type: 'inject', props: [], wires: [[name]] },
      {
        ...onTab,
        id: name,
        type: `subflow:${SUBFLOW}`,
        env: [{ name: 'GROUP', type: 'str', value: `group-${name}` }],
        wires: [[`${name}-answers`]],
      },
      {
        ...onTab,
        id: `${name}-answers`,
        type: 'test-sink',
        name: `${name}-answers`,
        port: answers.port,
        wires: [[]],
      },
    ]
  }

  async function tell(name: string, action: string): Promise<readonly ControlAnswer[]> {
    return command(nodeRed, { tab: name, answers }, { action })
  }

  for (const { what, consumers, expected } of [
    {
      what: 'one of them, whose id the runtime makes a text of',
      consumers: ['sub-in'],
      expected: 1,
    },
    {
      what: 'two of them, whose ids the runtime leaves as they are',
      consumers: CONSUMERS,
      expected: 2,
    },
    { what: 'all of them', consumers: [], expected: 2 },
  ]) {
    it(`steers ${what}, of its own instance only`, async () => {
      await deploy(consumers)
      const paused = await tell('one', 'pause')
      assert.deepEqual(
        paused.map(({ ok }) => ok),
        Array<boolean>(expected).fill(true),
        JSON.stringify(paused),
      )
      const of = async (name: string): Promise<unknown[]> =>
        (await tell(name, 'status')).map(({ isPaused, name: consumer }) => [consumer, isPaused])
      const names = CONSUMERS.slice(0, expected).map((id) => `reads as ${id}`)
      assert.deepEqual(
        await of('one'),
        names.map((name) => [name, true]),
      )
      assert.deepEqual(
        await of('two'),
        names.map((name) => [name, false]),
      )
    })
  }
})
