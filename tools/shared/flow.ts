import type { ServiceAddress } from './consumer-options'
import type { FlowNode, Sink } from './node-red'

export interface FlowOptions {
  /** Id of the tab, and the first part of the ids of all its nodes. Default `flow`. */
  readonly tab?: string
  readonly service: ServiceAddress
  /** Properties of the sls-kafka-in node. */
  readonly consumer: Readonly<Record<string, unknown>>
  /** Properties of the sls-project node, put over the ones that fit the service. */
  readonly project?: Readonly<Record<string, unknown>>
  /** Properties of the tls-config node, put over the ones that fit the service. */
  readonly tls?: Readonly<Record<string, unknown>>
  /** Gets what the sls-kafka-in node sends. */
  readonly records: Sink
  /** Gets what a Catch and a Status node for the whole tab send. */
  readonly reports: Sink
  /** Default true. */
  readonly hasCatch?: boolean
}

/** A tab that reads a logstore of the service: `sls-kafka-in` → sink, Catch → sink, Status → sink. */
export function flowWith(options: FlowOptions): FlowNode[] {
  const { tab = 'flow', service, consumer, project, tls, records, reports, hasCatch } = options
  const id = (name: string): string => `${tab}-${name}`
  const onTab = { z: tab, x: 100, y: 100 }
  const nodes: FlowNode[] = [
    { id: tab, type: 'tab', label: tab },
    {
      id: id('tls'),
      type: 'tls-config',
      cert: '',
      key: '',
      ca: '',
      verifyservercert: true,
      credentials: { cadata: service.ca },
      ...tls,
    },
    {
      id: id('project'),
      type: 'sls-project',
      version: 1,
      project: service.project,
      bootstrap: `localhost:${service.port}`,
      tls: id('tls'),
      credentials: {
        accessKeyId: service.accessKeyId,
        accessKeySecret: service.accessKeySecret,
      },
      ...project,
    },
    {
      ...onTab,
      id: id('in'),
      type: 'sls-kafka-in',
      version: 1,
      name: id('in'),
      project: id('project'),
      format: 'text',
      wires: [[id('records')]],
      ...consumer,
    },
    sink(id('records'), records),
    { ...onTab, id: id('status'), type: 'status', scope: null, wires: [[id('statuses')]] },
    sink(id('statuses'), reports),
  ]
  if (hasCatch === false) return nodes
  return [
    ...nodes,
    { ...onTab, id: id('catch'), type: 'catch', scope: null, wires: [[id('errors')]] },
    sink(id('errors'), reports),
  ]

  function sink(nodeId: string, { port }: Sink): FlowNode {
    return { ...onTab, id: nodeId, type: 'test-sink', name: nodeId, port, wires: [[]] }
  }
}
