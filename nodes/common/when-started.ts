import type { Node, NodeAPI } from 'node-red'

/**
 * Does something once all nodes of the flows exist. While they are being made, one after the other,
 * no Catch or Status node hears what a node says.
 */
export function whenStarted(RED: NodeAPI, node: Node, action: () => void): void {
  RED.events.once('flows:started', action)
  node.on('close', () => {
    RED.events.removeListener('flows:started', action)
  })
}
