import type { ConsumerReport } from './consumer-report'
import type { WriterReport } from './writer-report'

/** One consumer in the response of `GET /sls-kafka/health`. */
export interface ConsumerHealth extends ConsumerReport {
  /** Id of the node. */
  readonly id: string
  /** Name of the node; empty if it has none. */
  readonly name: string
  /** Id of the tab, or of the instance of a subflow. */
  readonly flow: string
  readonly project: string
  readonly logstore: string
  readonly group: string
  /** Whether the status shows no error: `code` is null. */
  readonly ok: boolean
}

/** One writer in the response of `GET /sls-kafka/health`. */
export interface WriterHealth extends WriterReport {
  /** Id of the node. */
  readonly id: string
  /** Name of the node; empty if it has none. */
  readonly name: string
  /** Id of the tab, or of the instance of a subflow. */
  readonly flow: string
  readonly project: string
  /** The logstore of the settings; empty if each message has its own. */
  readonly logstore: string
  /** Whether the status shows no error: `code` is null. */
  readonly ok: boolean
}

/** What the health response covers. */
export interface Monitored {
  readonly consumers: readonly ConsumerHealth[]
  readonly writers: readonly WriterHealth[]
}

/** The response of `GET /sls-kafka/health`. */
export interface Health extends Monitored {
  /** Whether every consumer and every writer is ok. */
  readonly ok: boolean
  /** When the snapshots were taken, milliseconds since 1970. */
  readonly at: number
}

/** Builds the health response. @param at milliseconds since 1970 */
export function healthOf({ consumers, writers }: Monitored, at: number): Health {
  return { ok: [...consumers, ...writers].every(({ ok }) => ok), at, consumers, writers }
}
