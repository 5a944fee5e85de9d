import { showPlanAtOpening } from './ack-button'
import { wiringText } from './plan-texts'
import { CONSUMER } from './flow-graph'
import type { CanvasNode, WiringRED } from './wiring-red'

declare const RED: WiringRED

const ACTION = 'sls-kafka:acknowledge-flow'

/** Adds the action that opens the plan of the selected `sls in`, or of the only one on the tab. */
export function addAction(label: string): void {
  try {
    RED.actions.add(ACTION, openPlan, { label })
  } catch {
    // The editor refuses a second action of one name, for example after the nodes were enabled again.
  }
}

function openPlan(): void {
  const flow = RED.workspaces.active()
  const node = chosenNode(flow)
  if (!node) RED.notify(wiringText('select-node'), 'warning')
  // The editor opens no dialog on a locked flow.
  else if (RED.workspaces.isLocked(flow)) RED.notify(wiringText('locked-here'), 'warning')
  else {
    showPlanAtOpening(node.id)
    RED.editor.edit(node)
  }
}

function chosenNode(flow: string): CanvasNode | null {
  const isConsumer = ({ type }: CanvasNode): boolean => type === CONSUMER
  const selected = RED.view.selection().nodes?.filter(isConsumer) ?? []
  const onTab: CanvasNode[] = []
  RED.nodes.eachNode((node) => {
    if (isConsumer(node) && node['z'] === flow) onTab.push(node)
  })
  const candidates = selected.length > 0 ? selected : onTab
  return candidates.length === 1 ? (candidates[0] ?? null) : null
}
