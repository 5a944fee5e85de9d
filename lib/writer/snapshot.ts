import type { ErrorCode, ReportedError } from '../errors'
import type { WriterState } from './state'

/** What a writer has done since the deploy. Counts never go down. */
export interface WriterCounts {
  /** Logs that the service has confirmed. */
  readonly written: number
  /** Logs that were refused, or ended with an error. */
  readonly failed: number
  /** How many failures were reported, and how many logs failed, by code. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>
  /** The error of the last failure or log; null if there was none. */
  readonly lastError: ReportedError | null
  /** When that error came, monotonic; -Infinity without one. Wall time cannot order errors: it can be put back. */
  readonly lastErrorMs: number
}

/** The counts of a logstore whose writer was closed. */
export interface EndedLogstore {
  /** Empty for logs that had no writer, and for the sum of logstores that are not kept by name any more. */
  readonly logstore: string
  readonly counts: WriterCounts
}

/** The state of a writer at one moment, from which status and report are made. */
export interface WriterSnapshot extends WriterCounts {
  readonly state: WriterState
  /** Logs that were accepted and are not settled, and their bytes. */
  readonly buffered: number
  readonly bufferedBytes: number
  /** A further log would be refused, or a log was refused for this reason within the last ten seconds. */
  readonly isFull: boolean
  /** Logs of the requests under way. */
  readonly inFlight: number
  /** How long the oldest log has been in the buffer; 0 for an empty one. */
  readonly oldestSeconds: number
  /** How long nothing could be written; null while it can. */
  readonly retryingSeconds: number | null
  /** Logs a second, over the last ten. */
  readonly rate: number
  readonly bytesPerSecond: number
  /** Shards of the logstore. */
  readonly shards: number
  /** The logstore does not exist, and its logs fail. Always false where they wait for it in the buffer. */
  readonly isMissing: boolean
  /** Shards that refused a batch within the last minute. */
  readonly leftOutShards: readonly number[]
  /** The service makes the client wait, or did so a few seconds ago. */
  readonly isThrottled: boolean
}
