import { ACK, scopeOf, type FlowGraph, type GraphNode } from './flow-graph'

/** A Catch node to add to a tab, with an ack node behind it that says nack. */
export interface CatchPlan {
  /** The id of the tab. */
  readonly flow: string
  /** The ids of the nodes whose errors it gets. */
  readonly scope: readonly string[]
  /** Catch nodes of the tab for errors that no other Catch node handles: they no longer get these errors. */
  readonly uncaught: readonly string[]
}

/** Nodes that only pass messages on or observe. */
const WITHOUT_ERRORS = ['junction', 'link in', 'link out', 'debug', 'complete', 'catch', ACK]

/** Plans a Catch node for each tab with walked nodes whose errors lead to no ack node. */
export function planCatches(graph: FlowGraph, walked: Iterable<GraphNode>): CatchPlan[] {
  const scopes = new Map<string, string[]>()
  for (const node of walked) {
    if (WITHOUT_ERRORS.includes(node.type) || isCovered(graph, node)) continue
    const flow = node.z ?? ''
    scopes.set(flow, [...(scopes.get(flow) ?? []), node.id])
  }
  return [...scopes].map(([flow, scope]) => ({
    flow,
    scope,
    uncaught: catchesOf(graph, flow)
      .filter(({ uncaught }) => uncaught === true)
      .map(({ id }) => id),
  }))
}

/** Whether a Catch node that leads to an ack node gets the errors of the node. */
function isCovered(graph: FlowGraph, node: GraphNode): boolean {
  const observing = catchesOf(graph, node.z ?? '').filter((one) => observes(graph, one, node))
  const first = observing.filter(({ uncaught }) => uncaught !== true)
  // A Catch node for uncaught errors gets only what no other one has handled.
  return (first.length > 0 ? first : observing).some((one) => graph.reachesAck(one))
}

function catchesOf(graph: FlowGraph, flow: string): GraphNode[] {
  return graph.nodes.filter(
    (node) => node.type === 'catch' && node.z === flow && !graph.isDisabled(node),
  )
}

function observes(graph: FlowGraph, observer: GraphNode, node: GraphNode): boolean {
  if (Array.isArray(observer.scope)) return scopeOf(observer).includes(node.id)
  if (observer.scope !== 'group' || observer.g === undefined) return true
  let group = node.g
  while (group !== undefined && group !== observer.g) group = graph.node(group)?.g
  return group === observer.g
}
