import type { ConsumerReport } from './consumer-report'

/** One consumer as `GET /sls-kafka/health` tells of it. */
export interface ConsumerHealth extends ConsumerReport {
  /** Of the node. */
  readonly id: string
  /** Of the node; empty if it has none. */
  readonly name: string
  /** Id of the tab, or of the instance of a subflow. */
  readonly flow: string
  readonly project: string
  readonly logstore: string
  readonly group: string
  /** The status shows no error: `code` is null. */
  readonly ok: boolean
}

/** The whole answer. */
export interface Health {
  /** All consumers are. */
  readonly ok: boolean
  /** When, in milliseconds since 1970. */
  readonly at: number
  readonly consumers: readonly ConsumerHealth[]
}

export function healthOf(consumers: readonly ConsumerHealth[], at: number): Health {
  return { ok: consumers.every(({ ok }) => ok), at, consumers }
}
