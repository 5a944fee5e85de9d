import type { NodeAPI, NodeDef } from 'node-red'

/** What the runtime keeps of a node's configuration beside what its type declares. */
export interface SavedNode extends NodeDef {
  /** Disabled. */
  readonly d?: boolean
  readonly disabled?: boolean
  readonly wires?: readonly (readonly string[])[]
}

/**
 * Whether the flow can acknowledge anything at all. Which of the nodes an ack node is reached from
 * cannot be known from the wires: Complete, Catch and Link nodes have none to where they come from.
 */
export function canAcknowledge(RED: NodeAPI, consumer: SavedNode): boolean {
  return (consumer.wires ?? []).some((wires) => wires.length > 0) && hasAckNode(RED)
}

/** Whether anything is wired to output 2, where records go that were given up. */
export function hasDeadLetterWire({ wires = [] }: SavedNode): boolean {
  return (wires[1] ?? []).length > 0
}

function hasAckNode(RED: NodeAPI): boolean {
  const nodes: SavedNode[] = []
  RED.nodes.eachNode((node) => nodes.push(node))
  const off = new Set(nodes.filter(({ disabled }) => disabled === true).map(({ id }) => id))
  return nodes.some(({ type, d, z }) => type === 'sls-kafka-ack' && d !== true && !off.has(z))
}
