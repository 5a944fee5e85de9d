import type { Node, NodeAPI } from 'node-red'
import { guarded } from '../../../lib/errors'
import { containedErrorLogger } from './contained-errors'
import { runtimeTexts } from './runtime-texts'

/** The actions of all nodes for the event `flows:started`. */
const actions = new Set<() => void>()

let stopListening: () => void = () => undefined

/**
 * Runs an action each time that flows have started, until the node closes. One event listener serves all nodes,
 * because Node.js warns about a leak from the eleventh listener on.
 */
export function onFlowsStarted(RED: NodeAPI, node: Node, action: () => void): void {
  const stop = add(RED, contained(RED, node, action))
  node.on('close', stop)
}

/**
 * Runs an action once, when all nodes of the flows exist. Before that, Catch and Status nodes miss the errors and
 * statuses of other nodes.
 */
export function onceFlowsStarted(RED: NodeAPI, node: Node, action: () => void): void {
  const act = contained(RED, node, action)
  const stop = add(RED, () => {
    stop()
    act()
  })
  node.on('close', stop)
}

/** Contains exceptions, so that one node cannot keep the other nodes from starting. */
function contained(RED: NodeAPI, node: Node, action: () => void): () => void {
  const translate = runtimeTexts(RED)
  return guarded(containedErrorLogger(node, translate), action)
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
