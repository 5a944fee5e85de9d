import type { FlowNode, NodeRed, Sink, SinkMessage } from '../../tools/shared/node-red'

const ANSWER_MS = 30_000

/** What an sls-kafka-control node says of one consumer. */
export interface ControlAnswer {
  readonly id: string
  readonly name: string
  readonly action: string
  readonly ok: boolean
  readonly error?: { readonly code: string; readonly message: string }
  readonly shards?: readonly { readonly partition: number; readonly offset?: string }[]
  readonly [property: string]: unknown
}

/** What a command node says, which reaches the sink. */
export interface Command {
  readonly action: string
  readonly [property: string]: string | number
}

export interface ControlNodes {
  readonly tab: string
  readonly answers: Sink
  /** Ids of the consumers; none are all of the tab. */
  readonly consumers?: readonly string[]
}

/** Inject → sls-kafka-control → sink. */
export function controlNodes({ tab, answers, consumers = [] }: ControlNodes): FlowNode[] {
  const onTab = { z: tab, x: 100, y: 200 }
  const id = (name: string): string => `${tab}-${name}`
  return [
    { ...onTab, id: id('command'), type: 'inject', props: [], wires: [[id('control')]] },
    {
      ...onTab,
      id: id('control'),
      type: 'sls-kafka-control',
      version: 1,
      consumers,
      action: 'msg',
      wires: [[id('answers')]],
    },
    {
      ...onTab,
      id: id('answers'),
      type: 'test-sink',
      name: id('answers'),
      port: answers.port,
      wires: [[]],
    },
  ]
}

/** Sends the command on a tab, and resolves with what the control node answers. */
export async function command(
  nodeRed: NodeRed,
  { tab, answers }: ControlNodes,
  wanted: Command,
): Promise<readonly ControlAnswer[]> {
  const from = answers.messages.length
  const props = Object.entries(wanted).map(([property, value]) => ({
    p: property,
    v: String(value),
    vt: typeof value === 'number' ? 'num' : 'str',
  }))
  const response = await nodeRed.request(`/inject/${tab}-command`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ __user_inject_props__: props }),
  })
  if (!response.ok) throw new Error(`Inject answered ${response.status}`)
  const isAnswer = ({ sink }: SinkMessage): boolean => sink === `${tab}-answers`
  const { payload } = await answers.waitFor(isAnswer, ANSWER_MS, from)
  return payload as readonly ControlAnswer[]
}
