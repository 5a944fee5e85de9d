import { planAcks, type AckPlan } from './ack-plan'
import { CONSUMER, type GraphNode } from './flow-graph'
import { faultText, placeLines, wiringText } from './plan-texts'
import { readGraph } from './read-graph'
import type { CanvasNode, WiringRED } from './wiring-red'

declare const RED: WiringRED

/** Many events follow each other when a flow is imported, moved or deleted. */
const DEBOUNCE_MS = 200

/** What can change the way of messages, or who else reads in a group. */
const EVENTS = [
  ...['nodes', 'links', 'junctions', 'groups', 'subflows', 'flows'].flatMap((things) =>
    ['add', 'change', 'remove'].map((what) => `${things}:${what}`),
  ),
  'deploy',
]

/** The badge's remarks on each `sls in`, by id. */
const remarks = new Map<string, readonly string[]>()

/** All flows, and the plans made for them: both serve several validations in a row. */
let read: { readonly graph: readonly GraphNode[]; readonly plans: Map<string, AckPlan> } | null =
  null

/** What is certainly wrong behind a node that commits when acknowledged; empty if nothing is. */
export function wiringFault(id: string): string {
  return faultText(planOf(id))
}

/** Repeats the check after each change, and marks what it cannot judge with a badge. */
export function watchWiring(otherRemarks: (node: CanvasNode) => readonly string[]): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const refresh = (): void => {
    read = null
    RED.nodes.eachNode((node) => {
      if (node.type === CONSUMER) check(node, otherRemarks(node))
    })
    RED.view.redraw()
  }
  for (const event of EVENTS) {
    RED.events.on(event, () => {
      clearTimeout(timer)
      timer = setTimeout(refresh, DEBOUNCE_MS)
    })
  }
  RED.view.annotations.register('sls-kafka-in-remark', {
    type: 'badge',
    class: 'sls-kafka-in-remark',
    element: questionMark,
    filter: ({ type }) => type === CONSUMER,
    show: ({ id }) => (remarks.get(id) ?? []).length > 0,
    tooltip: ({ id }) => [wiringText('look-at'), ...(remarks.get(id) ?? [])].join('\n  - '),
  })
}

function check(node: CanvasNode, others: readonly string[]): void {
  const wasValid = node.valid
  const isValid = RED.editor.validateNode(node)
  const places = node['commit'] === 'onAck' ? placeLines(planOf(node.id)) : []
  const found = [...places, ...others]
  const before = remarks.get(node.id) ?? []
  remarks.set(node.id, found)
  // The editor draws only nodes that are marked.
  if (wasValid !== isValid || before.join('\n') !== found.join('\n')) {
    Object.assign(node, { dirty: true })
  }
}

function planOf(id: string): AckPlan {
  if (!read) {
    read = { graph: readGraph(), plans: new Map() }
    queueMicrotask(() => {
      read = null
    })
  }
  const { graph, plans } = read
  const plan = plans.get(id) ?? planAcks(graph, id)
  plans.set(id, plan)
  return plan
}

const SVG = 'http://www.w3.org/2000/svg'

function questionMark(): SVGElement {
  const badge = document.createElementNS(SVG, 'g')
  const circle = document.createElementNS(SVG, 'circle')
  for (const [name, value] of Object.entries({ cx: 5, cy: 5, r: 5 })) {
    circle.setAttribute(name, String(value))
  }
  const mark = document.createElementNS(SVG, 'text')
  for (const [name, value] of Object.entries({ x: 5, y: 8, 'text-anchor': 'middle' })) {
    mark.setAttribute(name, String(value))
  }
  mark.textContent = '?'
  badge.append(circle, mark)
  return badge
}
