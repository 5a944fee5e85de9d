import type { ErrorCode, ErrorParams } from '../../lib/errors'
import type { ConsumerHealth, WriterHealth } from '../../lib/monitoring/health'
import type { HistoryPoint } from '../../lib/monitoring/history'
import type { Problem } from '../../lib/config/problem'

/** Time between a response and the next request, while the monitor is visible. */
export const POLL_INTERVAL_MS = 2_000

/** The status of a node as the workspace shows it. */
export interface ShownStatus {
  readonly fill: string
  readonly shape: string
  /** A text, or a key of the catalogue of `sls-kafka-in` or `sls-kafka-out`. */
  readonly text: string
}

/** An error, from which the browser makes a text. */
export interface ShownError {
  readonly code: ErrorCode
  readonly params: ErrorParams
  readonly at: number
  /** The problems of the settings; empty for other codes than `SLS_CONFIG_INVALID`. */
  readonly problems: readonly Problem[]
}

/** What the monitor shows of each node, beside its health. */
interface Shown {
  /** Id of the node in the subflow template; null outside subflows. */
  readonly alias: string | null
  readonly status: ShownStatus
  /** The error that was reported last, with its params; null if none was. */
  readonly error: ShownError | null
}

/** One writer as the monitor shows it. */
export type MonitoredWriter = WriterHealth & Shown

/** One consumer as the monitor shows it. */
export interface MonitoredConsumer extends ConsumerHealth, Shown {
  /** The points since the requested time, oldest first. */
  readonly history: readonly HistoryPoint[]
}

/** The response of `GET /sls-monitor/consumers`. */
export interface MonitorResponse {
  /** Milliseconds since 1970, by the clock of the server. */
  readonly at: number
  readonly consumers: readonly MonitoredConsumer[]
  readonly writers: readonly MonitoredWriter[]
}

/** The commands of the buttons, a subset of the commands of an `sls control` node. */
export const MONITOR_ACTIONS = ['pause', 'resume', 'skip'] as const
export type MonitorAction = (typeof MONITOR_ACTIONS)[number]

/** The body of `POST /sls-monitor/command`. */
export interface MonitorCommand {
  /** Id of the node. */
  readonly id: string
  readonly action: MonitorAction
  /** A shard, or null for all that the node reads. */
  readonly partition: number | null
}

/** The outcome of a command; the text is in the language of the runtime. */
export interface CommandResponse {
  readonly error?: { readonly code: string; readonly message: string }
}
