import type { Node, NodeAPI } from 'node-red'

/**
 * Node-RED counts the input handlers of a node that take `done`. The property is private; it is the same in
 * 4.1 and 5.0, and a node without it is not counted.
 */
type Counted = Node & { readonly _expectedDoneCount?: unknown }

/** The types of deployed nodes that report when they are done with a message. */
export function completingTypes(RED: NodeAPI): string[] {
  const types = new Set<string>()
  RED.nodes.eachNode(({ id, type }) => {
    const node = RED.nodes.getNode(id) as Counted | null | undefined
    if (Number(node?._expectedDoneCount ?? 0) > 0) types.add(type)
  })
  return [...types].sort()
}
