import type { Clock } from '../../lib/clock'
import type { SlsKafkaError } from '../../lib/errors'
import type { ConsumerHealth } from '../../lib/health'
import { History, HISTORY_INTERVAL, type HistoryPoint } from '../../lib/history'
import type { ConsumerReport } from '../../lib/report'
import type { NodeStatus } from '../../lib/status'
import type { SteerableNode } from './remote-control'

/** What can be looked at of one sls-kafka-in. */
export interface Watched {
  /** Where it reads, as far as its settings say. */
  readonly reads: Pick<ConsumerHealth, 'project' | 'logstore' | 'group'>
  readonly status: () => NodeStatus
  readonly report: () => ConsumerReport
  /** The error that was told last, with what it says; null if none was. */
  readonly lastError: () => SlsKafkaError | null
}

export interface WatchedNode extends Watched {
  readonly node: SteerableNode
  readonly history: History
}

/** The nodes of this process that were made, in this order, also those that could not start. */
const nodes = new Map<SteerableNode, WatchedNode>()

/** By the id of the node: a deploy makes a new node, and its past is that of the old one. */
const histories = new Map<string, History>()

/** Lets the node be looked at as long as it lives. */
export function watch(node: SteerableNode, clock: Clock, watched: Watched): void {
  const history = histories.get(node.id) ?? new History()
  histories.set(node.id, history)
  nodes.set(node, { ...watched, node, history })
  const stop = clock.every(HISTORY_INTERVAL, () => {
    history.add(pointOf(watched.status(), clock.now()))
  })
  node.on('close', (isRemoved: boolean, done: () => void) => {
    stop()
    nodes.delete(node)
    if (isRemoved) histories.delete(node.id)
    done()
  })
}

export function watchedNodes(): readonly WatchedNode[] {
  return [...nodes.values()]
}

export function watchedHealth({ node, reads, report }: WatchedNode): ConsumerHealth {
  const told = report()
  const { id, name = '', z: flow } = node
  return { id, name, flow, ...reads, ok: told.code === null, ...told }
}

function pointOf({ state, rate, delaySeconds }: NodeStatus, at: number): HistoryPoint {
  return { at, rate, delaySeconds: state === 'consuming' ? delaySeconds : null }
}
