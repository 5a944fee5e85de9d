import type { ErrorCode, ReportedError } from '../errors'
import type { EndedLogstore, WriterSnapshot } from '../writer/snapshot'
import { writerFigures } from './writer-figures'
import { writerCondition, type WriterStateName } from './writer-status'

/** A writer as plain JSON, for other programs. Rates cover the last ten seconds. Times are ms since 1970. */
export interface WriterReport {
  /** `stopped`, `connecting`, `ready`, `retrying`, `closing`, `closed`; `idle` before the first logstore is known. */
  readonly state: WriterStateName
  /** Code of the error that the status shows; null if the status shows none. */
  readonly code: ErrorCode | null
  /** The error that was reported last since the deploy; null if none was. */
  readonly lastError: ReportedError | null
  /** How many failures of each code were reported, and how many logs failed with it, since the deploy. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>
  /** Logs a second that the service has confirmed. */
  readonly rate: number
  /** Bytes of these logs a second, before compression. */
  readonly bytesPerSecond: number
  /** Logs that the service has confirmed since the deploy. */
  readonly written: number
  /** Logs that were refused, or ended with an error, since the deploy. */
  readonly failed: number
  /** Logs that wait for the service, and their bytes. */
  readonly buffered: number
  readonly bufferedBytes: number
  /** Logs of the requests under way. */
  readonly inFlight: number
  /** Seconds since the oldest log in the buffer was accepted; 0 for an empty one. */
  readonly oldestSeconds: number
  /** The logstores that are written to in the order of their first use, then those whose writer was closed. */
  readonly logstores: readonly LogstoreReport[]
}

/** One logstore. Fields with the names of `WriterReport` have the same meaning and unit. */
export interface LogstoreReport extends Omit<WriterReport, 'logstores'> {
  /** Empty for the sum of what belongs to no logstore by name. */
  readonly logstore: string
  /** Shards of the logstore; 0 before the service has listed them. */
  readonly shards: number
  /** Shards that refused a batch within the last minute, ascending. */
  readonly leftOutShards: readonly number[]
}

/** The snapshot of one writer, with the logstore that it writes to. */
export interface WrittenLogstore {
  readonly logstore: string
  readonly snapshot: WriterSnapshot
}

/**
 * Creates the report of a node from the snapshots of its writers.
 *
 * @param ended counts of writers that were closed
 */
export function writerReportOf(
  writers: readonly WrittenLogstore[],
  ended: readonly EndedLogstore[] = [],
): WriterReport {
  const snapshots = writers.map(({ snapshot }) => snapshot)
  const { state, code } = writerCondition(snapshots)
  return {
    state,
    code: code ?? null,
    ...writerFigures(snapshots, ended),
    logstores: [...writers.map(logstoreReport), ...ended.map(endedReport)],
  }
}

function logstoreReport({ logstore, snapshot }: WrittenLogstore): LogstoreReport {
  const { state, code } = writerCondition([snapshot])
  return {
    logstore,
    state,
    code: code ?? null,
    ...writerFigures([snapshot]),
    shards: snapshot.shards,
    leftOutShards: snapshot.leftOutShards,
  }
}

function endedReport(ended: EndedLogstore): LogstoreReport {
  return {
    logstore: ended.logstore,
    ...{ state: 'closed', code: null, shards: 0, leftOutShards: [] },
    ...writerFigures([], [ended]),
  }
}
