import type { NodeAPI, NodeDef } from 'node-red'

/** The saved configuration of a node, with the properties that the published type lacks. */
export interface SavedNode extends NodeDef {
  /** True for a disabled node. */
  readonly d?: boolean
  /** True for a disabled tab. */
  readonly disabled?: boolean
  readonly wires?: readonly (readonly string[])[]
}

/**
 * Whether the node has a wire and any flow has an ack node. Wires alone cannot prove that an ack node is reached:
 * Complete, Catch and Link nodes receive messages without wires.
 */
export function canAcknowledge(RED: NodeAPI, consumer: SavedNode): boolean {
  return (consumer.wires ?? []).some((wires) => wires.length > 0) && hasAckNode(RED)
}

/** Whether output 2, which sends dead letters, has a wire. */
export function hasDeadLetterWire({ wires = [] }: SavedNode): boolean {
  return (wires[1] ?? []).length > 0
}

function hasAckNode(RED: NodeAPI): boolean {
  const nodes: SavedNode[] = []
  RED.nodes.eachNode((node) => nodes.push(node))
  const off = new Set(nodes.filter(({ disabled }) => disabled === true).map(({ id }) => id))
  return nodes.some(({ type, d, z }) => type === 'sls-kafka-ack' && d !== true && !off.has(z))
}
