import { SETTINGS_VERSION } from '../../../lib/config/migrate'
import type { FlowNode } from '../../shared/node-red'
import type { Subscription } from '../clients/subscription'
import type { Endpoint } from './endpoint'

export interface BenchFlow {
  readonly endpoint: Endpoint
  /** Properties of the `sls-kafka-in`, put over `startFrom: earliest` and `format: text`. */
  readonly consumer: Readonly<Record<string, unknown>>
  /** The port of all connections; default the port of the emulator. */
  readonly port?: number
  /** The id of the first node after the `sls-kafka-in`. */
  readonly target: string
  /** The prefix of the ids, where one Node-RED has several flows. */
  readonly id?: string
}

export const ON_TAB = { z: 'bench', x: 100, y: 100 }

export const TAB: FlowNode = { id: 'bench', type: 'tab', label: 'bench' }

/** A tab with the `sls-kafka-in` alone. */
export function ourFlow({ endpoint, consumer, port, target, id = '' }: BenchFlow): FlowNode[] {
  const { service } = endpoint
  return [
    TAB,
    {
      ...{ id: `${id}tls`, type: 'tls-config', cert: '', key: '', ca: '', verifyservercert: true },
      credentials: { cadata: service.ca },
    },
    {
      ...{ id: `${id}project`, type: 'sls-project', version: 1, tls: `${id}tls` },
      project: service.project,
      bootstrap: `localhost:${port ?? service.port}`,
      credentials: { accessKeyId: service.accessKeyId, accessKeySecret: service.accessKeySecret },
    },
    {
      ...ON_TAB,
      ...{
        id: `${id}in`,
        type: 'sls-kafka-in',
        version: SETTINGS_VERSION,
        project: `${id}project`,
      },
      ...{ startFrom: 'earliest', format: 'text', group: endpoint.group(), wires: [[target]] },
      ...consumer,
    },
  ]
}

/** A tab with the minimal node alone. */
export function minimalFlow(subscription: Subscription, target: string): FlowNode[] {
  return [
    TAB,
    { ...ON_TAB, id: 'in', type: 'bench-minimal-in', ...subscription, wires: [[target]] },
  ]
}

/** A node that passes each message on, and reports when it has counted a number of records. */
export function counter(records: number, ...targets: readonly string[]): FlowNode {
  return { ...ON_TAB, id: 'counter', type: 'bench-counter', records, wires: [targets] }
}

export function functionNode(id: string, code: string, ...targets: readonly string[]): FlowNode {
  return { ...ON_TAB, id, type: 'function', func: code, outputs: 1, libs: [], wires: [targets] }
}

/** A Change node without rules, which passes each message on. */
export function changeNode(id: string, ...targets: readonly string[]): FlowNode {
  return { ...ON_TAB, id, type: 'change', rules: [], wires: [targets] }
}

export function ackNode(id: string): FlowNode {
  return {
    ...{ ...ON_TAB, id, type: 'sls-kafka-ack', version: 1, action: 'ack' },
    ...{ token: 'kafka.token', tokenType: 'msg', wires: [[]] },
  }
}

/** A node that measures the age of each record on arrival. */
export function clock(id: string): FlowNode {
  return { ...ON_TAB, id, type: 'bench-clock', wires: [] }
}
