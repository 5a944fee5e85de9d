import type { Node } from 'node-red'

/**
 * Reports a rejection as an error of the node, then calls `done`. Use this for asynchronous work in a callback of
 * Node-RED: an unhandled rejection would end the Node-RED process.
 */
export function guard(node: Node, work: Promise<unknown>, done?: () => void): void {
  work
    .catch((error: unknown) => {
      node.error(error)
    })
    .finally(() => {
      done?.()
    })
    // An exception of `node.error` or `done` cannot be reported.
    .catch(() => undefined)
}
