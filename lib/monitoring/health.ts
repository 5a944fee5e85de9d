import type { ConsumerReport } from './consumer-report'

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
  /** The status shows no error: `code` is null. */
  readonly ok: boolean
}

/** The response of `GET /sls-kafka/health`. */
export interface Health {
  /** Every consumer is ok. */
  readonly ok: boolean
  /** When the snapshots were taken, milliseconds since 1970. */
  readonly at: number
  readonly consumers: readonly ConsumerHealth[]
}

export function healthOf(consumers: readonly ConsumerHealth[], at: number): Health {
  return { ok: consumers.every(({ ok }) => ok), at, consumers }
}
