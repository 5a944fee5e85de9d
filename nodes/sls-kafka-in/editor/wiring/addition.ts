import type { AckPlan } from './ack-plan'

/** The place of a node on its tab; `x` and `y` are its centre. */
export interface Box {
  readonly z: string
  readonly x: number
  readonly y: number
  readonly w: number
}

/** A node to add, as a flow saves it. */
interface NewNode extends Omit<Box, 'w'> {
  readonly id: string
  readonly type: string
  readonly wires: readonly (readonly string[])[]
  readonly [property: string]: unknown
}

/** What a plan adds: nodes, and wires from existing nodes to them. */
export interface Addition {
  readonly nodes: readonly NewNode[]
  readonly links: readonly {
    readonly from: string
    readonly output: number
    readonly to: string
  }[]
}

/** Distances on the canvas, in its units. */
const GAP = 60
const LINE = 60
const WIDTH = { complete: 100, ack: 100, catch: 120 }
/** Two nodes with centres nearer than this overlap, or hide a wire. */
const CLEARANCE = { x: 30, y: 40 }

/**
 * Makes the nodes of a plan. A new node stands to the right of the node that leads to it, below what is there.
 *
 * @param existing the boxes of all nodes, by id
 * @param newId makes an id for a node
 */
export function additionOf(
  { acks, completes, catches }: Pick<AckPlan, 'acks' | 'completes' | 'catches'>,
  existing: ReadonlyMap<string, Box>,
  newId: () => string,
): Addition {
  const boxes = [...existing.values()]
  const nodes: NewNode[] = []
  const place = (wanted: Box): Box => {
    let box = wanted
    while (boxes.some((other) => overlaps(box, other))) box = { ...box, y: box.y + CLEARANCE.y }
    boxes.push(box)
    return box
  }
  const add = (box: Box, type: string, more: object, wires: readonly string[] = []): string => {
    const { z, x, y } = box
    const id = newId()
    nodes.push({ id, type, z, x, y, name: '', ...more, wires: [wires] })
    return id
  }
  const ack = (beside: Box, action: 'ack' | 'nack'): string =>
    add(place(rightOf(beside)), 'sls-kafka-ack', {
      ...{ version: 1, action, token: 'kafka.token', tokenType: 'msg' },
    })

  const links = acks.flatMap(({ node, outputs }) => {
    const to = ack(boxOf(existing, node), 'ack')
    return outputs.map((output) => ({ from: node, output, to }))
  })
  for (const node of completes) {
    const end = boxOf(existing, node)
    const box = place({ ...end, y: end.y + LINE, w: WIDTH.complete })
    add(box, 'complete', { scope: [node], uncaught: false }, [ack(box, 'ack')])
  }
  for (const { flow, scope } of catches) {
    const walked = scope.map((node) => boxOf(existing, node))
    const x = walked.reduce((least, box) => Math.min(least, box.x), Infinity)
    const y = walked.reduce((most, box) => Math.max(most, box.y), 0) + 2 * LINE
    const box = place({ z: flow, x, y, w: WIDTH.catch })
    add(box, 'catch', { scope, uncaught: false }, [ack(box, 'nack')])
  }
  return { nodes, links }
}

function rightOf({ z, x, y, w }: Box): Box {
  return { z, x: Math.round(x + w / 2 + GAP + WIDTH.ack / 2), y, w: WIDTH.ack }
}

function boxOf(boxes: ReadonlyMap<string, Box>, id: string): Box {
  return boxes.get(id) ?? { z: '', x: 0, y: 0, w: 0 }
}

function overlaps(one: Box, other: Box): boolean {
  return (
    one.z === other.z &&
    Math.abs(one.x - other.x) < (one.w + other.w) / 2 + CLEARANCE.x &&
    Math.abs(one.y - other.y) < CLEARANCE.y
  )
}
