import type { FlowNode } from '../node-red'
import type { Ids } from './flow'

/** A core Function node. */
export function functionNode(
  { onTab }: Ids,
  id: string,
  code: string,
  ...wires: readonly (readonly string[])[]
): FlowNode {
  return { ...onTab, id, type: 'function', func: code, outputs: wires.length, libs: [], wires }
}

/** A Function node that passes each message on after a time, and in the order in which they came. */
export function laterNode(ids: Ids, id: string, ms: number, wires: readonly string[]): FlowNode {
  const code = `setTimeout(() => { node.send(msg); node.done() }, ${ms})`
  return functionNode(ids, id, code, wires)
}

/** A core Delay node that lets one message pass in each interval. */
export function rateLimitNode(
  { onTab }: Ids,
  id: string,
  intervalMs: number,
  wires: readonly string[],
): FlowNode {
  return {
    ...onTab,
    id,
    type: 'delay',
    pauseType: 'rate',
    rate: String(1000 / intervalMs),
    nbRateUnits: '1',
    rateUnits: 'second',
    drop: false,
    allowrate: false,
    outputs: 1,
    wires: [wires],
  }
}

/** An `sls-kafka-out` that writes to a logstore of the project that its flow reads. */
export function writerNode(
  ids: Ids,
  id: string,
  settings: Readonly<Record<string, unknown>>,
  wires: readonly string[],
): FlowNode {
  const project = ids.id('project')
  return {
    ...{ ...ids.onTab, id, type: 'sls-kafka-out', version: 1, name: id, project },
    ...settings,
    wires: [wires],
  }
}
