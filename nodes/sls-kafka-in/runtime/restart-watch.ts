import type { Node, NodeAPI } from 'node-red'
import { onFlowsStarted } from '../../shared/runtime/flows-started'
import { nodesBefore } from './downstream-nodes'

/**
 * Calls `onRestart` after a deploy that restarts or removes a node between this node and an ack node, but not this
 * node. The messages that such a node held are lost without an error (Node-RED 4 and 5: Delay, Join, Batch, Trigger,
 * timers of a Function). A restarted node is a new object with any type of deploy.
 */
export function watchRestarts(RED: NodeAPI, node: Node, onRestart: () => void): void {
  let before = new Map<string, unknown>()
  onFlowsStarted(RED, node, () => {
    const isRestarted = [...before].some(([id, known]) => RED.nodes.getNode(id) !== known)
    before = new Map()
    for (const id of nodesBefore(RED, 'sls-kafka-ack', savedId(node))) {
      before.set(id, RED.nodes.getNode(id))
    }
    if (isRestarted) onRestart()
  })
}

/** The id of a node in the saved flow. In an instance of a subflow, this is the id in the template. */
function savedId(node: Node & { readonly _alias?: string }): string {
  return node._alias ?? node.id
}
