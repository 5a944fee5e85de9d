import type { FlowNode, SinkMessage } from '../node-red'
import type { Ids, TestedFlow } from './flow'
import type { RecordKey, TokensOf } from './acked'
import type { Settings } from '../consumer-process'

/** A flow that people build. */
export interface FlowCase {
  /** Of the tab, the logstore and the group; unlike any other. */
  readonly name: string
  /** What the flow is, and what becomes of its records. */
  readonly title: string
  /** Of the `sls-kafka-in`. */
  readonly settings?: Settings
  /** Of the ack node behind `ids.ack`. */
  readonly ackSettings?: Settings
  readonly work: (ids: Ids) => readonly FlowNode[]
  readonly tokensOf?: TokensOf
  /** Records that are finished otherwise than by an ack. */
  readonly finishedToo?: (flow: TestedFlow) => ReadonlyMap<RecordKey, number>
  /** Codes of the errors that the user is told, each once. Default: none. */
  readonly told?: readonly string[]
  /** What else has to be true in the end. */
  readonly check?: (flow: TestedFlow) => void
}

/** Properties of a node whatever its flow. */
export type NodeOf = (ids: Ids, id: string, ...wires: readonly (readonly string[])[]) => FlowNode

/** A core node. */
export function coreNode(type: string, properties: Readonly<Record<string, unknown>> = {}): NodeOf {
  return ({ onTab }, id, ...wires) => ({ ...onTab, id, type, ...properties, wires })
}

export const codeNode =
  (code: string): NodeOf =>
  (ids, id, ...wires) =>
    coreNode('function', { func: code, outputs: wires.length, libs: [] })(ids, id, ...wires)

/** Splits texts at spaces. */
export const split = coreNode('split', { splt: ' ', spltType: 'str', arraySplt: 1, stream: false })

/** Makes a message of each row. */
export const csv = coreNode('csv', {
  sep: ',',
  hdrin: '',
  hdrout: 'none',
  multi: 'one',
  temp: '',
  skip: '0',
  strings: true,
})

/** Makes a message of each element of a list. */
export const html = coreNode('html', { tag: 'li', ret: 'text', as: 'multi' })

/** Makes a list of the words of a text. */
export const listCode = `
  const items = msg.payload.split(/[^a-z0-9]+/i).filter((word) => word !== '').slice(0, 4)
  msg.payload = items.map((word) => '<li>' + word + '</li>').join('')
  return msg`

/** Joins what a Split node has split. */
export const join = coreNode('join', { mode: 'auto' })

/** Joins complete messages. */
export const joinMessages = (count: number, timeoutSeconds: number | '' = ''): NodeOf =>
  coreNode('join', {
    mode: 'custom',
    build: 'array',
    propertyType: 'full',
    useparts: false,
    accumulate: false,
    timeout: String(timeoutSeconds),
    count: String(count),
  })

/** How an ack node finds the tokens of joined messages, and how the test does. */
export const JOINED: Pick<FlowCase, 'ackSettings' | 'tokensOf'> = {
  ackSettings: { token: 'payload.kafka.token', tokenType: 'jsonata' },
  tokensOf: ({ payload }) => (payload as SinkMessage[]).map(({ kafka }) => kafka?.['token']),
}

export function catchOf(ids: Ids, scope: readonly string[], to: string): FlowNode {
  return {
    ...ids.onTab,
    id: ids.id('caught'),
    type: 'catch',
    scope,
    uncaught: false,
    wires: [[to]],
  }
}

export function completeOf(ids: Ids, scope: readonly string[], to: string): FlowNode {
  return { ...ids.onTab, id: ids.id('completed'), type: 'complete', scope, wires: [[to]] }
}
