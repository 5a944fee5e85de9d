import type { Node, NodeMessage } from 'node-red'
import type { NodeError } from './node-error'

/** The method by which Node-RED 3 to 5 offers an error to Catch nodes; missing in the published types. */
interface CatchingFlow {
  handleError?(node: Node, error: NodeError, message: NodeMessage): boolean
}

/**
 * Offers an error to the Catch nodes without logging it. `node.error` logs the error only if no Catch node takes it,
 * so `logError` does the logging.
 *
 * @param message the message of the error: Node-RED offers no error without a message
 */
export function offerToCatch(node: Node, error: NodeError, message: NodeMessage): void {
  const flow = node._flow as CatchingFlow | undefined
  if (flow?.handleError) flow.handleError(node, error, message)
  else node.error(error, message)
}

/** Writes an error to the log and the debug sidebar. */
export function logError(node: Node, error: NodeError): void {
  node.error(error)
}
