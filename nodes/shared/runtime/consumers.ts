import type { Node } from 'node-red'
import type { Clock } from '../../../lib/clock'
import type { SlsKafkaError } from '../../../lib/errors'
import type { ConsumerHealth } from '../../../lib/monitoring/health'
import { History, HISTORY_INTERVAL_MS, historyPoint } from '../../../lib/monitoring/history'
import type { Problem } from '../../../lib/config/problem'
import type { ConsumerReport } from '../../../lib/monitoring/report'
import type { NodeStatus } from '../../../lib/monitoring/status'
import type { RemoteControl } from './remote-control'

/** A deployed `sls in` node. */
export interface ConsumerNode extends Node {
  /** Id of the node in the subflow template; only set in an instance of a subflow. */
  readonly _alias?: string
}

/** The consumer of one sls-kafka-in node, as other nodes and the SLS monitor use it. */
export interface ExposedConsumer {
  readonly control: RemoteControl
  /** The project, logstore and group of the settings; texts can be empty. */
  readonly source: Pick<ConsumerHealth, 'project' | 'logstore' | 'group'>
  readonly status: () => NodeStatus
  readonly report: () => ConsumerReport
  /** The error that was reported last; null if none was. */
  readonly lastError: () => SlsKafkaError | null
  /** Problems of the settings, because of which the consumer could not start. */
  readonly problems: readonly Problem[]
}

/** A consumer in the registry, with its node and its history. */
export interface RegisteredConsumer extends ExposedConsumer {
  readonly node: ConsumerNode
  readonly history: History
}

/** The consumers of this process in the order of their creation, with those that could not start. */
const consumers = new Map<Node, RegisteredConsumer>()

/** Histories by node id. A deploy replaces the node object, and the new one keeps the history. */
const histories = new Map<string, History>()

/** Registers the consumer of a node until the node closes, and samples its history. */
export function registerConsumer(
  node: ConsumerNode,
  clock: Clock,
  consumer: ExposedConsumer,
): void {
  const history = histories.get(node.id) ?? new History()
  histories.set(node.id, history)
  consumers.set(node, { ...consumer, node, history })
  const stop = clock.every(HISTORY_INTERVAL_MS, () => {
    history.add(historyPoint(consumer.report(), clock.now()), clock.monotonic())
  })
  node.on('close', (isRemoved: boolean, done: () => void) => {
    stop()
    consumers.delete(node)
    if (isRemoved) histories.delete(node.id)
    done()
  })
}

/** All consumers of this process, in the order of their creation. */
export function allConsumers(): readonly RegisteredConsumer[] {
  return [...consumers.values()]
}

/** The consumer of a node; undefined if the node has none. */
export function consumerOf(node: Node): RegisteredConsumer | undefined {
  return consumers.get(node)
}

/** The consumers on a tab, or in one instance of a subflow. */
export function consumersOn(tab: string): RegisteredConsumer[] {
  return allConsumers().filter(({ node }) => node.z === tab)
}

/** The entry of one consumer in the response of `GET /sls-kafka/health`. */
export function healthOfConsumer({ node, source, report }: RegisteredConsumer): ConsumerHealth {
  const current = report()
  const { id, name = '', z: flow } = node
  return { id, name, flow, ...source, ok: current.code === null, ...current }
}
