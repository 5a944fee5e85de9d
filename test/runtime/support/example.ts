import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceAddress } from '../../../tools/shared/consumer-options'
import type { FlowNode, Sink } from '../../../tools/shared/node-red'
import { repositoryRoot } from '../../../tools/shared/repository'

const FOLDER = join(repositoryRoot(), 'examples')

/** What a user fills in after the import. */
export interface FilledIn {
  readonly service: ServiceAddress
  readonly logstore: string
  readonly group: string
  /** Where the sls-kafka-out nodes write. */
  readonly target?: string
  /** Further properties of the sls-kafka-in node. */
  readonly consumer?: Readonly<Record<string, unknown>>
  /** Further properties of all nodes of a type. */
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Values of environment variables of the tab. */
  readonly variables?: Readonly<Record<string, string>>
}

/** Names of the files, in the order of the menu. */
export function exampleNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
}

/** The example whose name begins with this number, as it is. */
export function readExample(number: string): FlowNode[] {
  const name = exampleNames().find((candidate) => candidate.startsWith(`${number} - `))
  if (name === undefined) throw new Error(`no example ${number}`)
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as FlowNode[]
}

export function fillIn(example: readonly FlowNode[], filledIn: FilledIn): FlowNode[] {
  const { service, logstore, group, target, consumer, variables = {}, properties = {} } = filledIn
  const { project, port, ca, accessKeyId, accessKeySecret } = service
  const tls: FlowNode = {
    id: 'example-tls',
    type: 'tls-config',
    cert: '',
    key: '',
    ca: '',
    verifyservercert: true,
    credentials: { cadata: ca },
  }
  const filled = example.map((node): FlowNode => {
    switch (node.type) {
      case 'sls-project':
        return {
          ...node,
          project,
          endpoint: '',
          bootstrap: `localhost:${port}`,
          tls: tls.id,
          credentials: { accessKeyId, accessKeySecret },
        }
      case 'sls-kafka-in':
        return { ...node, logstore, group, ...consumer }
      case 'sls-kafka-out':
        return { ...node, logstore: target }
      case 'tab':
        return withVariables(node, variables)
      default:
        return node
    }
  })
  const complete = filled.map((node): FlowNode => ({ ...node, ...properties[node.type] }))
  return [...complete, tls]
}

interface Variable {
  readonly name: string
  readonly type: string
  readonly value: string
}

/** A secret one goes where the editor puts it: to the credentials of the tab. */
function withVariables(tab: FlowNode, values: Readonly<Record<string, string>>): FlowNode {
  const declared = (tab['env'] as readonly Variable[] | undefined) ?? []
  for (const name of Object.keys(values)) {
    if (!declared.some((variable) => variable.name === name)) throw new Error(`no variable ${name}`)
  }
  const env = declared.map((variable) => {
    const value = values[variable.name]
    return value === undefined || variable.type === 'cred' ? variable : { ...variable, value }
  })
  const secrets = declared
    .filter(({ name, type }) => type === 'cred' && values[name] !== undefined)
    .map(({ name }) => [name, values[name] ?? ''])
  return { ...tab, env, credentials: Object.fromEntries(secrets) as Record<string, string> }
}

/** The example with a sink, of the same name, beside each debug node and each node that is named. */
export function listenedTo(
  example: readonly FlowNode[],
  sink: Sink,
  alsoAt: readonly string[] = [],
): FlowNode[] {
  const ends = example.filter(
    (node) => node.type === 'debug' || alsoAt.includes(node['name'] as string),
  )
  const sinkOf = new Map(ends.map(({ id }) => [id, `sink-${id}`]))
  const wired = example.map((node): FlowNode => {
    const wires = node['wires'] as readonly (readonly string[])[] | undefined
    if (wires === undefined) return node
    return { ...node, wires: wires.map((ids) => [...ids, ...ids.flatMap(sinkIds)]) }
  })
  const sinks = ends.map((end): FlowNode => ({
    id: `sink-${end.id}`,
    type: 'test-sink',
    z: end['z'],
    name: end['name'],
    port: sink.port,
    x: end['x'],
    y: end['y'],
    wires: [[]],
  }))
  return [...wired, ...sinks]

  function sinkIds(id: string): string[] {
    const found = sinkOf.get(id)
    return found === undefined ? [] : [found]
  }
}

/** A tab that reads all that is in a logstore, of which the sink gets each log by the name of the logstore. */
export function readerOf(example: readonly FlowNode[], logstore: string, sink: Sink): FlowNode[] {
  const project = example.find(({ type }) => type === 'sls-project')?.id
  const onTab = { z: 'reader-tab', x: 100, y: 100 }
  return [
    { id: 'reader-tab', type: 'tab', label: 'Reader' },
    {
      ...{ ...onTab, id: 'reader', type: 'sls-kafka-in', version: 2, project, logstore },
      ...{ group: 'reader', startFrom: 'earliest', format: 'fields', wires: [['reader-sink']] },
    },
    {
      ...{ ...onTab, id: 'reader-sink', type: 'test-sink', name: logstore, port: sink.port },
      wires: [[]],
    },
  ]
}

/** The example with a Status node for everything on each of its tabs. */
export function withStatuses(example: readonly FlowNode[], sink: Sink): FlowNode[] {
  const tabs = example.filter(({ type }) => type === 'tab')
  const added = tabs.flatMap(({ id }): FlowNode[] => {
    const onTab = { z: id, x: 100, y: 500 }
    const name = `statuses-${id}`
    return [
      { ...onTab, id: `status-${id}`, type: 'status', scope: null, wires: [[name]] },
      { ...onTab, id: name, type: 'test-sink', name, port: sink.port, wires: [[]] },
    ]
  })
  return [...example, ...added]
}
