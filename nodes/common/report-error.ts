import type { Node, NodeMessage } from 'node-red'
import type { NodeError } from './node-error'

/** How Node-RED itself offers an error to Catch nodes, on every version so far. */
interface CatchingFlow {
  handleError?(node: Node, error: NodeError, message: NodeMessage): boolean
}

/**
 * Offers an error to the Catch nodes. `node.error` does that as well, but then logs or does not,
 * depending on whether one of them takes it; so what is logged is decided apart, with `logError`.
 *
 * @param message goes with the error; without one Node-RED asks no Catch node
 */
export function offerToCatch(node: Node, error: NodeError, message: NodeMessage): void {
  const flow = node._flow as CatchingFlow | undefined
  if (flow?.handleError) flow.handleError(node, error, message)
  else node.error(error, message)
}

/** One line in the log and in the debug sidebar. */
export function logError(node: Node, error: NodeError): void {
  node.error(error)
}
