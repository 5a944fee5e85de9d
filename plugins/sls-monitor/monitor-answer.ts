import type { ErrorCode, ErrorParams } from '../../lib/errors'
import type { ConsumerHealth } from '../../lib/monitoring/health'
import type { HistoryPoint } from '../../lib/monitoring/history'
import type { Problem } from '../../lib/config/problem'

/** Milliseconds from an answer to the next request, while somebody looks at the monitor. */
export const POLL_INTERVAL = 2_000

/** As the workspace shows it. */
export interface ShownStatus {
  readonly fill: string
  readonly shape: string
  /** A text, or a key of the catalogue of `sls-kafka-in`. */
  readonly text: string
}

/** One consumer as the monitor shows it. */
export interface MonitoredConsumer extends ConsumerHealth {
  /** In an instance of a subflow: the id in the subflow. */
  readonly alias: string | null
  readonly status: ShownStatus
  /** The last error with all that it says; null if none was told. */
  readonly error: {
    readonly code: ErrorCode
    readonly params: ErrorParams
    readonly at: number
    /** What is wrong with its settings, of `SLS_CONFIG_INVALID` alone. */
    readonly problems: readonly Problem[]
  } | null
  /** Since the time that was asked for, oldest first. */
  readonly history: readonly HistoryPoint[]
}

export interface MonitorAnswer {
  /** Milliseconds since 1970, by the clock of the server. */
  readonly at: number
  readonly consumers: readonly MonitoredConsumer[]
}

/** What the buttons can do; a subset of what an `sls control` node can. */
export const MONITOR_ACTIONS = ['pause', 'resume', 'skip'] as const
export type MonitorAction = (typeof MONITOR_ACTIONS)[number]

export interface MonitorCommand {
  /** Of the node. */
  readonly id: string
  readonly action: MonitorAction
  /** A shard, or null for all that the node reads. */
  readonly partition: number | null
}

/** What came of a command; the text is in the language of the runtime. */
export interface CommandAnswer {
  readonly error?: { readonly code: string; readonly message: string }
}
