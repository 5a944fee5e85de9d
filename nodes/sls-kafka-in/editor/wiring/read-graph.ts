import type { GraphNode } from './flow-graph'
import type { CanvasNode, WiringRED } from './wiring-red'

declare const RED: WiringRED

/** Reads the nodes, junctions, groups, tabs and subflow templates of all flows, and their wires. */
export function readGraph(): GraphNode[] {
  const wires = new Map<string, string[][]>()
  RED.nodes.eachLink(({ source, sourcePort, target }) => {
    const outputs = wires.get(source.id) ?? []
    outputs[sourcePort] = [...(outputs[sourcePort] ?? []), target.id]
    wires.set(source.id, outputs)
  })
  const found: GraphNode[] = []
  const add = (node: CanvasNode): void => {
    const outputs = node.type === 'junction' ? 1 : (node.outputs ?? 0)
    const wired = wires.get(node.id) ?? []
    found.push({
      ...(fieldsOf(node) as object),
      id: node.id,
      type: node.type,
      wires: Array.from({ length: outputs }, (_value, output) => wired[output] ?? []),
    })
  }
  RED.nodes.eachNode(add)
  RED.nodes.eachJunction(add)
  const addAround = (type: string) => (around: CanvasNode) => {
    found.push({ ...(fieldsOf(around) as object), id: around.id, type })
  }
  RED.nodes.eachGroup(addAround('group'))
  RED.nodes.eachWorkspace(addAround('tab'))
  RED.nodes.eachSubflow(addAround('subflow'))
  return found
}

const FIELDS = ['z', 'd', 'disabled', 'g', 'links', 'mode', 'scope', 'uncaught'] as const
const RULE_FIELDS = ['rules', 'checkall', 'op2type', 'drop'] as const

function fieldsOf(node: CanvasNode): Readonly<Record<string, unknown>> {
  const fields = [...FIELDS, ...RULE_FIELDS].filter((field) => node[field] !== undefined)
  return Object.fromEntries(fields.map((field) => [field, node[field]]))
}
