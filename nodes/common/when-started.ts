import type { Node, NodeAPI } from 'node-red'
import { guarded } from '../../lib/guarded'
import { noteContained } from './contained'
import { translator } from './translate'

/** What the nodes of this process do when flows have started. */
const actions = new Set<() => void>()

let stopListening: () => void = () => undefined

/**
 * Does something whenever flows have started, as long as the node lives. One listener serves all nodes:
 * Node.js warns of a leak from the eleventh on.
 */
export function wheneverStarted(RED: NodeAPI, node: Node, action: () => void): void {
  const stop = add(RED, contained(RED, node, action))
  node.on('close', stop)
}

/**
 * Does something once all nodes of the flows exist. While they are being made, one after the other,
 * no Catch or Status node hears what a node says.
 */
export function whenStarted(RED: NodeAPI, node: Node, action: () => void): void {
  const act = contained(RED, node, action)
  const stop = add(RED, () => {
    stop()
    act()
  })
  node.on('close', stop)
}

/** What one node throws must not keep the others, and Node-RED, from starting. */
function contained(RED: NodeAPI, node: Node, action: () => void): () => void {
  const translate = translator((key, values) => RED._(key, { ...values }))
  return guarded(noteContained(node, translate), action)
}

function add({ events }: NodeAPI, action: () => void): () => void {
  if (actions.size === 0) {
    events.on('flows:started', runAll)
    stopListening = () => {
      events.removeListener('flows:started', runAll)
    }
  }
  actions.add(action)
  return () => {
    if (actions.delete(action) && actions.size === 0) stopListening()
  }
}

function runAll(): void {
  for (const action of [...actions]) action()
}
