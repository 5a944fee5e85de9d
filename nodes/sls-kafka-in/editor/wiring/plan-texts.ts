import { textOf } from '../../../../lib/config/fields'
import { RUNTIME_TEXTS } from '../../../shared/editor/texts'
import type { AckPlan } from './ack-plan'
import type { WiringRED } from './wiring-red'

declare const RED: WiringRED

const text = (key: string, values: Readonly<Record<string, string | number>> = {}): string =>
  RED._(`${RUNTIME_TEXTS}.${key}`, values)

/** Lines that say what a plan adds. */
export function additionLines({ acks, completes, catches }: AckPlan): string[] {
  return [
    ...acks.map(({ node, outputs }) => {
      const isOnly = Number(RED.nodes.node(node)?.['outputs'] ?? 1) === 1
      const output = outputs.map((index) => index + 1).join(', ')
      return text(`wiring.${isOnly ? 'ack' : 'ack-outputs'}`, { node: labelOf(node), output })
    }),
    ...completes.map((node) => text('wiring.complete', { node: labelOf(node) })),
    ...catches.flatMap(({ scope, uncaught }) => [
      text('wiring.catch', { nodes: labelsOf(scope) }),
      ...uncaught.map((node) => text('wiring.uncaught', { node: labelOf(node) })),
    ]),
  ]
}

/** Lines that name the places which the user has to look at. */
export function placeLines({ places }: AckPlan): string[] {
  return places.map(({ node, reason }) => text(`places.${reason}`, { node: labelOf(node) }))
}

/** What is certainly wrong; empty if nothing is. */
export function faultText({ faults: { hasNoAck, ends } }: AckPlan): string {
  if (hasNoAck) return text('wiring.no-ack')
  return ends.length > 0 ? text('wiring.open-ends', { nodes: labelsOf(ends) }) : ''
}

/** A text of the dialog about wiring. */
export function wiringText(key: string, values: Readonly<Record<string, string>> = {}): string {
  return text(`wiring.${key}`, values)
}

function labelsOf(ids: readonly string[]): string {
  return ids.map((id) => `"${labelOf(id)}"`).join(', ')
}

/** The label of a node on the canvas. */
function labelOf(id: string): string {
  const node = RED.nodes.node(id)
  return node ? RED.utils.getNodeLabel(node, textOf(node['type'])) : id
}
