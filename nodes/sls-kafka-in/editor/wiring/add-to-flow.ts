import { textOf } from '../../../../lib/config/fields'
import type { AckPlan } from './ack-plan'
import { additionOf, type Box } from './addition'
import type { CanvasLink, CanvasNode, WiringRED } from './wiring-red'

declare const RED: WiringRED

/** Most nodes have about this width, which is known only of a node that was drawn. */
const USUAL_WIDTH = 120

/** Adds the nodes and wires of a plan to the flows, as one step of the editor's history. */
export function addToFlow(plan: AckPlan): void {
  const { nodes, links } = additionOf(plan, boxes(), () => RED.nodes.id())
  if (nodes.length === 0) return
  const dirty = RED.nodes.dirty()
  const options = { generateIds: false, reimport: true, markChanged: true } as const
  const inner = RED.nodes.import(nodes, options).links
  const outer = links.map(({ from, output, to }) => {
    const link = { source: onCanvas(from), sourcePort: output, target: onCanvas(to) }
    RED.nodes.addLink(link)
    return link
  })
  const added: readonly CanvasLink[] = [...inner, ...outer]
  RED.history.push({ t: 'add', nodes: nodes.map(({ id }) => id), links: added, dirty })
  RED.nodes.dirty(true)
  RED.view.redraw(true)
}

/** Why the nodes of a plan cannot be added; null if they can. */
export function obstacleTo({
  acks,
  completes,
  catches,
}: AckPlan): { key: 'not-allowed' | 'locked'; flow: string } | null {
  if (!RED.user.hasPermission('flows.write')) return { key: 'not-allowed', flow: '' }
  const changed = [...acks.map(({ node }) => node), ...completes].map((id) => flowOf(id))
  const locked = [...changed, ...catches.map(({ flow }) => flow)].find((id) =>
    RED.workspaces.isLocked(id),
  )
  if (locked === undefined) return null
  return { key: 'locked', flow: textOf(RED.nodes.workspace(locked)?.['label']) }
}

function flowOf(id: string): string {
  return textOf(RED.nodes.node(id)?.['z'])
}

function onCanvas(id: string): CanvasNode {
  return RED.nodes.node(id) as CanvasNode
}

function boxes(): Map<string, Box> {
  const found = new Map<string, Box>()
  const add = (node: CanvasNode): void => {
    const { id, x = 0, y = 0, w } = node
    found.set(id, { z: textOf(node['z']), x, y, w: w ?? USUAL_WIDTH })
  }
  RED.nodes.eachNode(add)
  RED.nodes.eachJunction(add)
  return found
}
