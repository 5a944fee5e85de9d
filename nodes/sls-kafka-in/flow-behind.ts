import type { NodeAPI, NodeDef } from 'node-red'

/** What the runtime keeps of a node's configuration, as far as it says where messages go. */
interface SavedNode extends NodeDef {
  readonly wires?: readonly (readonly string[])[]
  /** Of Link nodes. */
  readonly links?: readonly string[]
  readonly linkType?: string
  /** Of Catch and Complete; a Catch without a list is for its whole tab. */
  readonly scope?: unknown
  /** Of a subflow. */
  readonly in?: readonly SubflowPort[]
  readonly out?: readonly SubflowPort[]
}

interface SubflowPort {
  readonly wires?: readonly { readonly id: string }[]
}

/** By the id of a node, those that a message can go to from there. */
type Edges = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Nodes that a message passes, or may pass, between one node and an ack node: by wires, links, subflows,
 * Catch and Complete. Rather one too many: which outputs a message takes is not known.
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
    // What leaves a subflow goes on behind each of its instances.
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

/** The nodes given and all that can be reached from them. */
function reached(edges: Edges, from: readonly string[]): Set<string> {
  const found = new Set(from)
  // What is added meanwhile is gone through as well.
  for (const id of found) {
    for (const next of edges.get(id) ?? []) found.add(next)
  }
  return found
}
