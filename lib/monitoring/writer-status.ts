import type { ErrorCode, ReportedError } from '../errors'
import type { EndedLogstore, WriterSnapshot } from '../writer/snapshot'
import { compact } from './compact'
import { writerFigures } from './writer-figures'

/** The states of a writer; `idle` before the first logstore is known. */
export const WRITER_STATES = [
  'idle',
  'stopped',
  'connecting',
  'ready',
  'retrying',
  'closing',
  'closed',
] as const
export type WriterStateName = (typeof WRITER_STATES)[number]

/** The argument of `node.status` of a writer, with fields that reach Status nodes unchanged, for alerts. */
export interface WriterStatus {
  readonly fill: 'red' | 'green' | 'yellow' | 'grey'
  readonly shape: 'ring' | 'dot'
  /** A key that the editor translates in each user's browser, or a text that starts with a digit. */
  readonly text: string
  readonly state: WriterStateName
  /** Code of the error that the status shows. */
  readonly code?: ErrorCode
  /** Logs a second that the service has confirmed. */
  readonly rate: number
  /** Logs that wait for the service, and their bytes. */
  readonly buffered: number
  readonly bufferedBytes: number
  /** Seconds since the oldest of them was accepted, in steps of ten. */
  readonly oldestSeconds: number
  /** Logs of the requests under way. */
  readonly inFlight: number
  /** Logs that the service has confirmed, and that ended with an error, since the deploy. */
  readonly written: number
  readonly failed: number
  /** The error that was reported last since the deploy; null if none was. */
  readonly lastError: ReportedError | null
}

/** Catalogue keys of the texts without figures: `sls-kafka-out.status.<name>`. */
export const WRITER_STATUS_TEXTS = [
  'idle',
  'stopped',
  'closing',
  'connecting',
  'ready',
  'buffer-full',
  'shard-refuses',
  'throttled',
  'config-invalid',
  'host-not-found',
  'unreachable',
  'certificate',
  'unexpected-broker',
  'access-key-refused',
  'logstore-not-found',
  'refused',
  'service-error',
  'client-failed',
] as const

type StatusText = (typeof WRITER_STATUS_TEXTS)[number]

/** Texts of the errors that a writer can have for long. */
const ERROR_TEXTS: Partial<Record<ErrorCode, StatusText>> = {
  SLS_CONFIG_INVALID: 'config-invalid',
  SLS_HOST_NOT_FOUND: 'host-not-found',
  SLS_UNREACHABLE: 'unreachable',
  SLS_STALLED: 'unreachable',
  SLS_TLS_FAILED: 'certificate',
  SLS_UNEXPECTED_BROKER: 'unexpected-broker',
  SLS_AUTH_FAILED: 'access-key-refused',
  SLS_LOGSTORE_NOT_FOUND: 'logstore-not-found',
  SLS_WRITE_REFUSED: 'refused',
  SLS_SERVICE_ERROR: 'service-error',
}

/** What the status shows of one writer, without its figures. The greater the rank, the more it matters. */
interface Condition {
  readonly rank: number
  readonly state: WriterStateName
  readonly code?: ErrorCode
  readonly fill: WriterStatus['fill']
  readonly shape: WriterStatus['shape']
  /** Null for figures. */
  readonly text: StatusText | null
}

const IDLE: Condition = { rank: 0, state: 'idle', fill: 'grey', shape: 'ring', text: 'idle' }

/** The worst condition of the writers of one node. */
export function writerCondition(snapshots: readonly WriterSnapshot[]): Condition {
  return snapshots
    .map(conditionOf)
    .reduce((worst, one) => (one.rank > worst.rank ? one : worst), IDLE)
}

/**
 * The status of a node, computed from the snapshots of its writers alone.
 *
 * @param bufferedText text for a number of logs in the buffer, which begins with that number
 * @param ended counts of writers that were closed
 */
export function writerStatusOf(
  snapshots: readonly WriterSnapshot[],
  bufferedText: (count: string) => string = String,
  ended: readonly EndedLogstore[] = [],
): WriterStatus {
  const { fill, shape, text, state, code } = writerCondition(snapshots)
  const { rate, buffered, bufferedBytes, oldestSeconds, inFlight, written, failed, lastError } =
    writerFigures(snapshots, ended)
  return {
    fill,
    shape,
    text: text === null ? figures(rate, buffered, fill, bufferedText) : keyOf(text),
    state,
    ...(code && { code }),
    rate,
    buffered,
    bufferedBytes,
    oldestSeconds: Math.floor(oldestSeconds / 10) * 10,
    inFlight,
    written,
    failed,
    lastError,
  }
}

/** The status of a node whose settings are wrong. */
export function invalidWriterStatus(lastError: ReportedError): WriterStatus {
  return {
    ...writerStatusOf([]),
    ...{ fill: 'red', state: 'stopped', code: lastError.code, lastError },
    text: keyOf('config-invalid'),
  }
}

function conditionOf(snapshot: WriterSnapshot): Condition {
  const { state } = snapshot
  switch (state.name) {
    case 'stopped':
    case 'closed':
      return { rank: 1, state: state.name, fill: 'grey', shape: 'ring', text: 'stopped' }
    case 'closing':
      return { rank: 4, state: state.name, fill: 'grey', shape: 'ring', text: 'closing' }
    case 'connecting':
      return { rank: 5, state: state.name, fill: 'yellow', shape: 'ring', text: 'connecting' }
    case 'ready':
      return ready(snapshot)
    case 'retrying':
      return retrying(snapshot, state.error.code, state.isReported)
  }
}

function retrying(snapshot: WriterSnapshot, code: ErrorCode, isReported: boolean): Condition {
  const common = { state: 'retrying', code } as const
  if (isReported) {
    return {
      ...common,
      ...{ rank: 10, fill: 'red', shape: 'ring', text: ERROR_TEXTS[code] ?? 'client-failed' },
    }
  }
  if (snapshot.isFull) return { ...bufferFull('retrying') }
  return snapshot.buffered > 0
    ? { ...common, rank: 8, fill: 'yellow', shape: 'dot', text: null }
    : { ...common, rank: 7, fill: 'yellow', shape: 'ring', text: ERROR_TEXTS[code] ?? 'connecting' }
}

function ready(snapshot: WriterSnapshot): Condition {
  const { isFull, isThrottled, leftOutShards, buffered, rate, oldestSeconds } = snapshot
  const common = { state: 'ready', shape: 'dot' } as const
  if (isFull) return bufferFull('ready')
  // No error: other shards store the logs, and one that was split refuses for as long as SLS lists it.
  if (leftOutShards.length > 0) {
    return { ...common, rank: 7, fill: 'yellow', text: 'shard-refuses' }
  }
  if (isThrottled) {
    return { ...common, rank: 6, code: 'SLS_THROTTLED', fill: 'yellow', text: 'throttled' }
  }
  // The rate covers ten seconds: nothing was written although a log has waited for longer.
  if (rate === 0 && oldestSeconds >= 10) return { ...common, rank: 6, fill: 'yellow', text: null }
  const text = rate > 0 || buffered > 0 ? null : 'ready'
  return { ...common, rank: text === null ? 3 : 2, fill: 'green', text }
}

function bufferFull(state: WriterStateName): Condition {
  return {
    ...{ rank: 9, state, code: 'SLS_BUFFER_FULL' },
    ...{ fill: 'red', shape: 'ring', text: 'buffer-full' },
  }
}

/** The rate while logs are written, else what waits. */
function figures(
  rate: number,
  buffered: number,
  fill: WriterStatus['fill'],
  bufferedText: (count: string) => string,
): string {
  return fill === 'green' && rate > 0 ? `${compact(rate)}/s` : bufferedText(compact(buffered))
}

function keyOf(text: StatusText): string {
  return `sls-kafka-out.status.${text}`
}
