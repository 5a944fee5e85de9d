import type { Node } from 'node-red'

/**
 * The one way in which asynchronous work is started from a callback of Node-RED: a rejection that
 * nobody handles would end the whole Node-RED process.
 */
export function guard(node: Node, work: Promise<unknown>, done?: () => void): void {
  work
    .catch((error: unknown) => {
      node.error(error)
    })
    .finally(() => {
      done?.()
    })
    // What telling throws cannot be told.
    .catch(() => undefined)
}
