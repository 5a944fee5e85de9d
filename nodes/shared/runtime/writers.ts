import type { Node } from 'node-red'
import type { Problem } from '../../../lib/config/problem'
import type { SlsKafkaError } from '../../../lib/errors'
import type { WriterHealth } from '../../../lib/monitoring/health'
import type { WriterReport } from '../../../lib/monitoring/writer-report'
import type { WriterStatus } from '../../../lib/monitoring/writer-status'
import type { ConsumerNode } from './consumers'
import type { RemoteControl } from './remote-control'

/** An error of a writer, with what its text needs. */
export interface WriterError {
  readonly error: SlsKafkaError
  /** Milliseconds since 1970. */
  readonly at: number
  /** The problems of settings; empty for other codes than `SLS_CONFIG_INVALID`. */
  readonly problems: readonly Problem[]
}

/** What one `sls out` node exposes to other nodes and to the SLS monitor. */
export interface ExposedWriter {
  /** Answers `status`, and refuses all other actions. */
  readonly control: RemoteControl
  /** The project of the settings; empty if it is missing or wrong. */
  readonly project: string
  /** The logstore of the settings; empty if each message has its own. */
  readonly logstore: string
  readonly status: () => WriterStatus
  readonly report: () => WriterReport
  /** The error that was reported last; null if none was. */
  readonly lastError: () => WriterError | null
}

export interface RegisteredWriter extends ExposedWriter {
  readonly node: ConsumerNode
}

/** The `sls out` nodes of this process in the order of their creation, with those that have wrong settings. */
const writers = new Map<Node, RegisteredWriter>()

/** Registers a node until it closes. */
export function registerWriter(node: ConsumerNode, writer: ExposedWriter): void {
  writers.set(node, { ...writer, node })
  node.on('close', () => {
    writers.delete(node)
  })
}

/** The writer of a node; undefined if the node has none. */
export function writerOf(node: Node): RegisteredWriter | undefined {
  return writers.get(node)
}

/** The writers on a tab, or in one instance of a subflow. */
export function writersOn(tab: string): RegisteredWriter[] {
  return allWriters().filter(({ node }) => node.z === tab)
}

/** All `sls out` nodes of this process, in the order of their creation. */
export function allWriters(): readonly RegisteredWriter[] {
  return [...writers.values()]
}

/** The entry of one writer in the response of `GET /sls-kafka/health`. */
export function healthOfWriter({
  node,
  project,
  logstore,
  report,
}: RegisteredWriter): WriterHealth {
  const current = report()
  const { id, name = '', z: flow } = node
  return { id, name, flow, project, logstore, ok: current.code === null, ...current }
}
