import { planCatches, type CatchPlan } from './catch-plan'
import { FlowGraph, ACK, CONSUMER, scopeOf, type GraphNode } from './flow-graph'
import { doesNotSeeAll, sendsTwice, switchDoubt } from './node-rules'

/** Why the walk adds nothing at a node, or cannot promise that what it adds is enough. */
type PlaceReason =
  | 'two-ways'
  | 'two-acks'
  | 'some-outputs'
  | 'ack-beside-work'
  | 'no-otherwise'
  | 'checks-all'
  | 'may-drop'
  | 'sends-twice'
  | 'gathers'
  | 'unknown-end'
  | 'shared-complete'
  | 'disabled'
  | 'link-open'
  | 'link-return'
  | 'in-subflow'

/** A place that the user has to look at. */
interface Place {
  readonly node: string
  readonly reason: PlaceReason
}

/** What is missing for every record of an `sls in` to be acknowledged. */
export interface AckPlan {
  /** Outputs to wire to a new ack node, by the node that they belong to. */
  readonly acks: readonly { readonly node: string; readonly outputs: readonly number[] }[]
  /** Nodes without an output that get a Complete node with an ack node behind it. */
  readonly completes: readonly string[]
  readonly catches: readonly CatchPlan[]
  readonly places: readonly Place[]
  /** What is certainly wrong: no ack node can be reached, or these ends are not acknowledged. */
  readonly faults: { readonly hasNoAck: boolean; readonly ends: readonly string[] }
}

/** Types without an output, of Node-RED itself, which complete. A Debug node is never an end. */
const COMPLETING = ['function', 'http response', 'mqtt out', 'tcp out', 'udp out', 'websocket out']

/**
 * Walks from an `sls in` along wires, junctions and static links, and plans what to add so that each record is
 * acknowledged at the end of its way. Where a message goes two ways, only one of them may acknowledge: the first
 * ack counts, so that the work of the other way would not be waited for.
 *
 * @param nodes all nodes, junctions, groups and tabs of all flows
 * @param start the id of the `sls in`
 * @param completing further types that are known to complete
 */
export function planAcks(
  nodes: readonly GraphNode[],
  start: string,
  completing: readonly string[] = [],
): AckPlan {
  const graph = new FlowGraph(nodes)
  const consumer = graph.node(start)
  const isInSubflow = graph.node(consumer?.z ?? '')?.type === 'subflow'
  if (!consumer || isInSubflow) {
    const places: Place[] = consumer ? [{ node: start, reason: 'in-subflow' }] : []
    return { acks: [], completes: [], catches: [], places, faults: NONE }
  }
  const walk = new Walk(graph, [...COMPLETING, ...completing])
  walk.visit(consumer)
  const ends = [...walk.acks.keys(), ...walk.completes]
  return {
    acks: [...walk.acks].map(([node, outputs]) => ({ node, outputs })),
    completes: walk.completes,
    catches: planCatches(graph, walk.walked),
    places: walk.places,
    // An ack node that no walk reaches may get its tokens in a way that wires do not show.
    faults:
      hasHiddenWay(graph) || graph.isDisabled(consumer)
        ? NONE
        : { hasNoAck: !graph.reachesAck(consumer), ends },
  }
}

const NONE = { hasNoAck: false, ends: [] }

class Walk {
  readonly acks = new Map<string, readonly number[]>()
  readonly completes: string[] = []
  readonly places: Place[] = []
  /** The nodes whose errors are errors of a record. */
  readonly walked = new Set<GraphNode>()
  readonly #visited = new Set<GraphNode>()
  readonly #graph: FlowGraph
  readonly #completing: readonly string[]

  constructor(graph: FlowGraph, completing: readonly string[]) {
    this.#graph = graph
    this.#completing = completing
  }

  /** Walks on from a node that gets the messages. */
  visit(node: GraphNode): void {
    if (this.#visited.has(node)) return
    this.#visited.add(node)
    if (this.#graph.isDisabled(node)) {
      this.#list(node, 'disabled')
      return
    }
    if (node.type === ACK) return
    if (node.type === 'link out') {
      this.#list(node, node.mode === 'return' ? 'link-return' : 'link-open')
      return
    }
    if (node.type !== CONSUMER) this.walked.add(node)
    if (this.#graph.acknowledges(node)) return
    if (doesNotSeeAll(node)) this.#list(node, 'may-drop')
    if (sendsTwice(node)) this.#list(node, 'sends-twice')
    this.#walkOutputs(node)
  }

  #walkOutputs(node: GraphNode): void {
    const outputs = node.wires?.length ?? 0
    if (node.type === 'switch') {
      for (const doubt of switchDoubt(node)) this.#list(node, doubt)
    }
    if (isGathering(node) && !this.#graph.reachesAck(node)) this.#list(node, 'gathers')
    else if (outputs === 0) this.#walkEnd(node)
    else if (outputs === 1) this.#walkOutput(node, 0, this.#observers(node))
    else if (['switch', CONSUMER].includes(node.type)) this.#walkEach(node, indexes(outputs))
    else this.#walkSeveral(node, indexes(outputs))
  }

  /** Walks on from one output. @param observers Complete nodes that are a further way of the message */
  #walkOutput(node: GraphNode, output: number, observers: readonly GraphNode[] = []): void {
    const ways = [...this.#graph.receivers(node, output), ...observers]
    if (ways.length > 1) this.#fork(node, ways)
    else if (ways[0]) this.visit(ways[0])
    else this.acks.set(node.id, [...(this.acks.get(node.id) ?? []), output])
  }

  #walkEach(node: GraphNode, outputs: readonly number[]): void {
    for (const output of outputs) this.#walkOutput(node, output)
  }

  /** Walks on from a node that can send a message at several outputs at once. */
  #walkSeveral(node: GraphNode, outputs: readonly number[]): void {
    const ways = outputs.map((output) => this.#graph.receivers(node, output))
    const join = this.#joinOf(ways.flat())
    const acknowledged = outputs.filter((output) =>
      ways[output]?.some((way) => this.#graph.reachesAck(way)),
    )
    if (join) this.#walkJoin(ways.flat(), join)
    else if (acknowledged.length === 0) this.#list(node, 'two-ways')
    else {
      if (acknowledged.length < outputs.length) this.#list(node, 'some-outputs')
      this.#walkEach(node, acknowledged)
    }
  }

  /** Walks on where a message goes several ways: from the join, or on the only way that acknowledges. */
  #fork(node: GraphNode, ways: readonly GraphNode[]): void {
    const join = this.#joinOf(ways)
    const acknowledging = ways.filter((way) => this.#graph.reachesAck(way))
    const [chosen, second] = acknowledging
    if (join) this.#walkJoin(ways, join)
    else if (!chosen) this.#list(node, 'two-ways')
    else if (second) this.#list(node, 'two-acks')
    else if (chosen.type === ACK) this.#list(node, 'ack-beside-work')
    else this.visit(chosen)
  }

  #walkJoin(ways: readonly GraphNode[], join: GraphNode): void {
    if (this.#visited.has(join)) return
    for (const node of this.#until(ways, join)) this.walked.add(node)
    this.walked.add(join)
    this.#visited.add(join)
    this.#walkOutput(join, 0, this.#observers(join))
  }

  /** The Join node at which all ways end; undefined if one of them ends elsewhere or acknowledges before. */
  #joinOf(ways: readonly GraphNode[]): GraphNode | undefined {
    const [first] = ways
    if (!first) return undefined
    const joins = [...this.#graph.reachedFrom([first])].filter(({ type }) => type === 'join')
    return joins.find((join) => {
      const before = [...this.#until(ways, join)]
      return (
        ways.every((way) => way === join || this.#graph.reachedFrom([way]).has(join)) &&
        before.every((node) => !this.#graph.acknowledges(node) && this.#leadsOn(node))
      )
    })
  }

  /** The nodes between a fork and a join. */
  #until(ways: readonly GraphNode[], join: GraphNode): Set<GraphNode> {
    const found = new Set(ways.filter((way) => way !== join))
    for (const node of found) {
      for (const output of indexes(node.wires?.length ?? 0)) {
        for (const next of this.#graph.receivers(node, output)) if (next !== join) found.add(next)
      }
    }
    return found
  }

  /** Whether every output of the node has a receiver. */
  #leadsOn(node: GraphNode): boolean {
    const outputs = indexes(node.wires?.length ?? 0)
    return (
      !this.#graph.isDisabled(node) &&
      outputs.length > 0 &&
      outputs.every((output) => this.#graph.receivers(node, output).length > 0)
    )
  }

  /** Walks on from a node without an output, which only a Complete node can acknowledge. */
  #walkEnd(node: GraphNode): void {
    const observers = this.#observers(node)
    const [observer, second] = observers
    if (second) this.#fork(node, observers)
    else if (observer) this.#walkComplete(node, observer)
    else if (this.#completing.includes(node.type)) this.completes.push(node.id)
    else this.#list(node, 'unknown-end')
  }

  #walkComplete(node: GraphNode, complete: GraphNode): void {
    const isShared = scopeOf(complete).length > 1
    if (isShared && !this.#graph.reachesAck(complete)) this.#list(node, 'shared-complete')
    else this.visit(complete)
  }

  /** The Complete nodes that do something about the node, or are there for this end alone. */
  #observers(node: GraphNode): GraphNode[] {
    const isEnd = (node.wires ?? []).length === 0
    return this.#graph
      .completesOf(node)
      .filter(
        (complete) =>
          this.#graph.receivers(complete, 0).length > 0 ||
          (isEnd && scopeOf(complete).length === 1),
      )
  }

  #list({ id }: GraphNode, reason: PlaceReason): void {
    this.places.push({ node: id, reason })
  }
}

function isGathering({ type, mode }: GraphNode): boolean {
  return type === 'batch' || (type === 'join' && mode !== 'auto')
}

/** Whether a wire leads to an ack node that is neither behind an `sls in` nor behind a Catch node. */
function hasHiddenWay(graph: FlowGraph): boolean {
  const sources = graph.nodes.filter(({ type }) => [CONSUMER, 'catch'].includes(type))
  const reached = graph.reachedFrom(sources)
  const wired = new Set(graph.nodes.flatMap(({ wires }) => wires ?? []).flat())
  return graph.nodes.some(
    (node) =>
      node.type === ACK &&
      wired.has(node.id) &&
      !reached.has(node) &&
      !graph.isDisabled(node) &&
      graph.node(node.z ?? '')?.type !== 'subflow',
  )
}

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_value, index) => index)
}
