import type { Node, NodeAPI } from 'node-red'
import { wheneverStarted } from '../common/when-started'
import { nodesBefore } from './flow-behind'

/**
 * Calls back when a deploy has restarted or removed a node between this one and an ack node, while this
 * one has run on: what such a node held is gone, without a word (Node-RED 4 and 5: Delay, Join, Batch,
 * Trigger, timers of a Function). A node is another object then, whatever the kind of deploy.
 */
export function watchRestarts(RED: NodeAPI, node: Node, onRestart: () => void): void {
  let before = new Map<string, unknown>()
  wheneverStarted(RED, node, () => {
    const isRestarted = [...before].some(([id, known]) => RED.nodes.getNode(id) !== known)
    before = new Map()
    for (const id of nodesBefore(RED, 'sls-kafka-ack', savedId(node))) {
      before.set(id, RED.nodes.getNode(id))
    }
    if (isRestarted) onRestart()
  })
}

/** In an instance of a subflow a node has another id than in the subflow. */
function savedId(node: Node & { readonly _alias?: string }): string {
  return node._alias ?? node.id
}
