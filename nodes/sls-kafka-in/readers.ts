import type { Node } from 'node-red'
import type { Clock } from '../../lib/clock'
import type { SlsKafkaError } from '../../lib/errors'
import type { ConsumerHealth } from '../../lib/monitoring/health'
import { History, HISTORY_INTERVAL, historyPoint } from '../../lib/monitoring/history'
import type { Problem } from '../../lib/config/problem'
import type { ConsumerReport } from '../../lib/monitoring/report'
import type { NodeStatus } from '../../lib/monitoring/status'
import type { RemoteControl } from './remote-control'

export interface ReaderNode extends Node {
  /** In an instance of a subflow: the id in the subflow. */
  readonly _alias?: string
}

/** What others can do with one sls-kafka-in, and see of it. */
export interface Reader {
  readonly control: RemoteControl
  /** Where it reads, as far as its settings say. */
  readonly reads: Pick<ConsumerHealth, 'project' | 'logstore' | 'group'>
  readonly status: () => NodeStatus
  readonly report: () => ConsumerReport
  /** The error that was told last, with what it says; null if none was. */
  readonly lastError: () => SlsKafkaError | null
  /** What is wrong with its settings, so that it could not start. */
  readonly problems: readonly Problem[]
}

export interface RegisteredReader extends Reader {
  readonly node: ReaderNode
  readonly history: History
}

/** The nodes of this process that were made, in this order, also those that could not start. */
const readers = new Map<Node, RegisteredReader>()

/** By the id of the node: a deploy makes a new node, and its past is that of the old one. */
const histories = new Map<string, History>()

/** Lets the node be steered and looked at as long as it lives. */
export function registerReader(node: ReaderNode, clock: Clock, reader: Reader): void {
  const history = histories.get(node.id) ?? new History()
  histories.set(node.id, history)
  readers.set(node, { ...reader, node, history })
  const stop = clock.every(HISTORY_INTERVAL, () => {
    history.add(historyPoint(reader.report(), clock.now()), clock.monotonic())
  })
  node.on('close', (isRemoved: boolean, done: () => void) => {
    stop()
    readers.delete(node)
    if (isRemoved) histories.delete(node.id)
    done()
  })
}

export function allReaders(): readonly RegisteredReader[] {
  return [...readers.values()]
}

export function readerOf(node: Node): RegisteredReader | undefined {
  return readers.get(node)
}

/** All that are on a tab, or in one instance of a subflow. */
export function readersOn(tab: string): RegisteredReader[] {
  return allReaders().filter(({ node }) => node.z === tab)
}

export function healthOfReader({ node, reads, report }: RegisteredReader): ConsumerHealth {
  const told = report()
  const { id, name = '', z: flow } = node
  return { id, name, flow, ...reads, ok: told.code === null, ...told }
}
