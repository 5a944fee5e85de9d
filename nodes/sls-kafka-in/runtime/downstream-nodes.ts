import type { NodeAPI, NodeDef } from 'node-red'

/** The saved properties of a node that determine the path of messages. */
interface SavedNode extends NodeDef {
  readonly wires?: readonly (readonly string[])[]
  /** Ids of the linked nodes; only Link nodes have it. */
  readonly links?: readonly string[]
  readonly linkType?: string
  /** Ids of the observed nodes of Catch and Complete. A Catch node without a list observes its whole tab. */
  readonly scope?: unknown
  /** Inputs of a subflow template. */
  readonly in?: readonly SubflowPort[]
  /** Outputs of a subflow template. */
  readonly out?: readonly SubflowPort[]
}

interface SubflowPort {
  readonly wires?: readonly { readonly id: string }[]
}

/** The ids of the nodes that a message can reach next, by node id. */
type Edges = ReadonlyMap<string, ReadonlySet<string>>

/**
 * The nodes that a message can pass between a node and an ack node, by wires, links, subflows, Catch and Complete.
 * The set can have nodes that no message passes, because the outputs that a message takes are unknown.
 */
export function nodesBefore(RED: NodeAPI, ackType: string, start: string): ReadonlySet<string> {
  const nodes: SavedNode[] = []
  RED.nodes.eachNode((node) => nodes.push(node))
  const edges = edgesOf(nodes)
  const acks = nodes.filter(({ type }) => type === ackType).map(({ id }) => id)
  const leading = reached(reversed(edges), acks)
  const behind = reached(edges, [start])
  behind.delete(start)
  return new Set([...behind].filter((id) => leading.has(id)))
}

function edgesOf(nodes: readonly SavedNode[]): Edges {
  const edges = new Map<string, Set<string>>()
  const add = (from: string, to: Iterable<string>): void => {
    const known = edges.get(from) ?? new Set()
    edges.set(from, known)
    for (const id of to) known.add(id)
  }
  const linkIns = idsOf(nodes, 'link in')
  for (const { id, type, z, wires, links, linkType, scope, in: inputs, out } of nodes) {
    add(id, wires?.flat() ?? [])
    if (type === 'link out' || type === 'link call') add(id, links ?? [])
    if (type === 'link call' && linkType === 'dynamic') add(id, linkIns)
    if (type.startsWith('subflow:')) add(id, [type.slice('subflow:'.length)])
    if (type === 'catch' || type === 'complete') {
      const heard = Array.isArray(scope)
        ? (scope as string[])
        : nodes.filter((node) => node.z === z).map((node) => node.id)
      for (const from of heard) add(from, [id])
    }
    if (type !== 'subflow') continue
    add(id, targetsOf(inputs))
    // A message that leaves a subflow goes on after each instance.
    for (const from of targetsOf(out)) add(from, idsOf(nodes, `subflow:${id}`))
  }
  return edges
}

function idsOf(nodes: readonly SavedNode[], wanted: string): string[] {
  return nodes.filter(({ type }) => type === wanted).map(({ id }) => id)
}

function targetsOf(ports: readonly SubflowPort[] = []): string[] {
  return ports.flatMap(({ wires = [] }) => wires.map(({ id }) => id))
}

function reversed(edges: Edges): Edges {
  const back = new Map<string, Set<string>>()
  for (const [from, targets] of edges) {
    for (const to of targets) {
      const known = back.get(to) ?? new Set()
      back.set(to, known.add(from))
    }
  }
  return back
}

/** The given nodes and all nodes that can be reached from them. */
function reached(edges: Edges, from: readonly string[]): Set<string> {
  const found = new Set(from)
  // A Set's iterator also visits values that are added during the loop.
  for (const id of found) {
    for (const next of edges.get(id) ?? []) found.add(next)
  }
  return found
}
