/** The properties of a node, tab, group or subflow template that determine the path of messages, named as in a saved flow. */
export interface GraphNode {
  readonly id: string
  readonly type: string
  readonly z?: string
  /** True for a disabled node. */
  readonly d?: boolean
  /** True for a disabled tab. */
  readonly disabled?: boolean
  /** The group around the node. */
  readonly g?: string
  /** The targets of each output. */
  readonly wires?: readonly (readonly string[])[]
  /** Ids of the linked nodes; only Link nodes have it. */
  readonly links?: readonly string[]
  /** Of a Link out `return`, if it answers a Link call. Of a Join how it joins. */
  readonly mode?: unknown
  /** Ids of the observed nodes of Catch and Complete, `group`, or null for the whole tab. */
  readonly scope?: unknown
  /** True for a Catch node that handles only errors that no other Catch node handles. */
  readonly uncaught?: unknown
  readonly rules?: unknown
  readonly checkall?: unknown
  readonly op2type?: unknown
  readonly drop?: unknown
}

export const ACK = 'sls-kafka-ack'
export const CONSUMER = 'sls-kafka-in'
const SUBFLOW = 'subflow:'

/** The nodes of all flows, and the ways of messages between them. A subflow instance is one node. */
export class FlowGraph {
  readonly #nodes: ReadonlyMap<string, GraphNode>
  readonly #completes = new Map<string, GraphNode[]>()
  readonly #reachesAck = new Map<string, boolean>()

  constructor(nodes: readonly GraphNode[]) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]))
    for (const node of nodes) {
      if (node.type !== 'complete' || this.isDisabled(node)) continue
      for (const id of scopeOf(node)) {
        this.#completes.set(id, [...(this.#completes.get(id) ?? []), node])
      }
    }
  }

  get nodes(): readonly GraphNode[] {
    return [...this.#nodes.values()]
  }

  node(id: string): GraphNode | undefined {
    return this.#nodes.get(id)
  }

  /** Whether the node or its tab is disabled. */
  isDisabled({ d, z = '' }: GraphNode): boolean {
    return d === true || this.#nodes.get(z)?.disabled === true
  }

  /**
   * The nodes that get the messages of an output, behind junctions and static links. Debug nodes are left out,
   * because a message does not end there. A Link out that leads nowhere is its own receiver.
   */
  receivers(node: GraphNode, output: number): GraphNode[] {
    const found = new Set<GraphNode>()
    const passed = new Set<string>()
    const follow = (ids: readonly string[] = []): void => {
      for (const id of ids) {
        const next = this.#nodes.get(id)
        if (!next || next.type === 'debug' || passed.has(id)) continue
        passed.add(id)
        const ways = this.isDisabled(next) ? null : this.#passedOnBy(next)
        if (ways) follow(ways)
        else found.add(next)
      }
    }
    follow(node.wires?.[output])
    return [...found]
  }

  /** The enabled Complete nodes that observe the node. */
  completesOf(node: GraphNode): readonly GraphNode[] {
    return this.#completes.get(node.id) ?? []
  }

  /** Whether a message that the node gets can reach an ack node. */
  reachesAck(node: GraphNode): boolean {
    const known = this.#reachesAck.get(node.id)
    if (known !== undefined) return known
    const isReached = [...this.reachedFrom([node])].some((next) => this.acknowledges(next))
    this.#reachesAck.set(node.id, isReached)
    return isReached
  }

  /** Whether the node is an enabled ack node, or a subflow or a called flow that has one. */
  acknowledges(node: GraphNode): boolean {
    if (this.isDisabled(node)) return false
    if (node.type === ACK) return true
    if (node.type === 'link call') {
      const called = this.reachedFrom(this.#existing(node.links))
      return [...called].some(({ type }) => type === ACK)
    }
    if (!node.type.startsWith(SUBFLOW)) return false
    const inside = this.nodes.filter(({ z }) => z === node.type.slice(SUBFLOW.length))
    return inside.some((part) => this.acknowledges(part))
  }

  /** The enabled nodes that messages can reach from these, and these themselves. */
  reachedFrom(start: readonly GraphNode[]): Set<GraphNode> {
    const found = new Set(start.filter((node) => !this.isDisabled(node)))
    // A Set's iterator also visits values that are added during the loop.
    for (const node of found) {
      for (const next of this.#next(node)) if (!this.isDisabled(next)) found.add(next)
    }
    return found
  }

  /** All nodes that can get a message from the node: by wires, by a Link call, and by Complete nodes. */
  #next(node: GraphNode): GraphNode[] {
    const wired = (node.wires ?? []).flatMap((_targets, output) => this.receivers(node, output))
    const called = node.type === 'link call' ? this.#existing(node.links) : []
    return [...wired, ...called, ...this.completesOf(node)]
  }

  /** The targets of a node that only passes messages on; null for any other node. */
  #passedOnBy(node: GraphNode): readonly string[] | null {
    if (node.type === 'junction' || node.type === 'link in') return (node.wires ?? []).flat()
    if (node.type !== 'link out' || node.mode === 'return') return null
    const linked = this.#existing(node.links)
    return linked.length > 0 ? linked.map(({ id }) => id) : null
  }

  #existing(ids: readonly string[] = []): GraphNode[] {
    return ids.map((id) => this.#nodes.get(id)).filter((node) => node !== undefined)
  }
}

/** The ids in the scope of a Catch or Complete node; empty for a scope that is no list. */
export function scopeOf({ scope }: GraphNode): readonly string[] {
  return Array.isArray(scope) ? (scope as string[]) : []
}
