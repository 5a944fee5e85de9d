import { compact, compactDuration } from './compact'
import type { ConsumerSnapshot } from '../consumer/snapshot'
import type { ErrorCode, ReportedError } from '../errors'

/** The argument of `node.status`, with fields that reach Status nodes unchanged, for alerts. */
export interface NodeStatus {
  readonly fill: 'red' | 'green' | 'yellow' | 'blue' | 'grey'
  readonly shape: 'ring' | 'dot'
  /**
   * A key that the editor translates in each user's browser, or a text that starts with a digit. Such a text
   * has numbers, units of every language, and at most one word in the runtime's language.
   */
  readonly text: string
  readonly state: string
  /** Code of the error that the status shows. */
  readonly code?: ErrorCode
  readonly shards: number
  /** Records a second. */
  readonly rate: number
  /** Bytes of keys and values a second. */
  readonly bytesPerSecond: number
  /** Exact below five seconds, then in steps of five, because each status goes to every browser. */
  readonly delaySeconds: number
  /** Records that were sent to the flow and are not done. */
  readonly inFlight: number
  /** Seconds since the oldest record in flight was first sent, in steps of ten. */
  readonly oldestSeconds: number
  /** Stopped and failing shards. */
  readonly stoppedShards: readonly number[]
  /** The user has paused every shard. */
  readonly isPaused: boolean
  /** How often the oldest record in flight was sent; 0 if there is none. */
  readonly attempts: number
  /** When a record is sent again next, ms since 1970, in steps of five seconds; null without a retry. */
  readonly nextAttemptAt: number | null
  /** The error that was reported last since the deploy; null if none was. */
  readonly lastError: ReportedError | null
  /** Acks that came too late to count, since the group was joined. */
  readonly staleAcks: number
}

type Appearance = Pick<NodeStatus, 'fill' | 'shape' | 'text'> & { code?: ErrorCode }

/** Catalogue keys of the texts without figures: `sls-kafka-in.status.<name>` in the node's catalogue. */
export const STATUS_TEXTS = [
  'stopped',
  'paused',
  'stopping',
  'connecting',
  'joining',
  'waiting',
  'standby',
  'reconnecting',
  'offset-expired',
  'not-json',
  'send-failed',
  'waiting-for-ack',
  'throttled',
  'record-given-up',
  'record-rejected',
  'record-skipped',
  'shard-stopped',
  'shard-failing',
  'config-invalid',
  'host-not-found',
  'unreachable',
  'certificate',
  'unexpected-broker',
  'access-key-refused',
  'logstore-not-found',
  'group-limit',
  'group-conflict',
  'batch-unreadable',
  'service-error',
  'client-failed',
] as const

type StatusText = (typeof STATUS_TEXTS)[number]

/** Codes without a text: errors of the ack and control nodes or of a deploy, and `SLS_RETRYING`. */
type OtherCode =
  | 'SLS_RETRYING'
  | 'SLS_ACK_NODE_MISSING'
  | 'SLS_BUFFER_LIMIT'
  | 'SLS_OUTPUT_UNWIRED'
  | 'SLS_GROUP_SHARED'
  | 'SLS_TOKEN_MISSING'
  | 'SLS_PARTS_UNCOUNTED'
  | 'SLS_ACTION_UNKNOWN'
  | 'SLS_CONTROL_INVALID'
  | 'SLS_NOT_RUNNING'
  | 'SLS_SHARD_UNKNOWN'
  | 'SLS_OFFSET_OUT_OF_RANGE'
  | 'SLS_SEEK_FAILED'
  | 'SLS_NOTHING_TO_SKIP'
  | 'SLS_RECORD_INVALID'
  | 'SLS_RECORD_TOO_LARGE'
  | 'SLS_BUFFER_FULL'
  | 'SLS_WRITE_REFUSED'
  | 'SLS_WRITE_TIMEOUT'
  | 'SLS_UNWRITTEN'
  | 'SLS_WRITE_LOOP'

const ERROR_TEXTS: Readonly<
  Record<Exclude<ErrorCode, OtherCode>, StatusText> & Partial<Record<OtherCode, StatusText>>
> = {
  SLS_CONFIG_INVALID: 'config-invalid',
  SLS_HOST_NOT_FOUND: 'host-not-found',
  SLS_UNREACHABLE: 'unreachable',
  SLS_TLS_FAILED: 'certificate',
  SLS_UNEXPECTED_BROKER: 'unexpected-broker',
  SLS_AUTH_FAILED: 'access-key-refused',
  SLS_LOGSTORE_NOT_FOUND: 'logstore-not-found',
  SLS_GROUP_LIMIT: 'group-limit',
  SLS_GROUP_CONFLICT: 'group-conflict',
  SLS_OFFSET_EXPIRED: 'offset-expired',
  SLS_STALLED: 'reconnecting',
  SLS_THROTTLED: 'throttled',
  SLS_SERVICE_ERROR: 'service-error',
  SLS_CLIENT_FAILED: 'client-failed',
  SLS_CODEC_UNSUPPORTED: 'batch-unreadable',
  SLS_BATCH_UNREADABLE: 'batch-unreadable',
  SLS_DECODE_FAILED: 'not-json',
  SLS_VALUE_EMPTY: 'not-json',
  SLS_SEND_FAILED: 'send-failed',
  SLS_ATTEMPTS_EXHAUSTED: 'record-given-up',
  SLS_REJECTED: 'record-rejected',
  SLS_SKIPPED: 'record-skipped',
  SLS_ACK_MISSING: 'waiting-for-ack',
}

const STOPPED_BY: ReadonlySet<ErrorCode> = new Set([
  'SLS_ATTEMPTS_EXHAUSTED',
  'SLS_REJECTED',
  'SLS_CODEC_UNSUPPORTED',
  'SLS_BATCH_UNREADABLE',
])

const RETRYING = { code: 'SLS_RETRYING' } as const

/** Duration of a join from which the status shows a progress. */
const JOIN_SHOWN_AFTER_SECONDS = 5
/** Step of displayed durations. Each status goes to every browser, so a status must not change each second. */
const STEP_SECONDS = 5

/**
 * The status of a consumer, computed from a snapshot alone.
 *
 * @param inFlightText text for a number of records in flight, which begins with that number
 */
export function statusOf(
  snapshot: ConsumerSnapshot,
  inFlightText: (count: number) => string = String,
): NodeStatus {
  const { state, shards, rate, bytesPerSecond, delaySeconds, inFlight, oldestSeconds } = snapshot
  const { stoppedShards, isPaused, attempts, nextAttemptAt, lastError, staleAcks } = snapshot
  return {
    ...appearance(snapshot, inFlightText),
    state: state.name,
    shards,
    rate,
    bytesPerSecond,
    delaySeconds: stepped(delaySeconds),
    inFlight,
    oldestSeconds: Math.floor(oldestSeconds / 10) * 10,
    stoppedShards,
    isPaused,
    attempts,
    nextAttemptAt:
      nextAttemptAt && Math.ceil(nextAttemptAt / (STEP_SECONDS * 1000)) * STEP_SECONDS * 1000,
    lastError,
    staleAcks,
  }
}

function appearance(
  snapshot: ConsumerSnapshot,
  inFlightText: (count: number) => string,
): Appearance {
  const { state } = snapshot
  switch (state.name) {
    case 'stopped':
      return bare('grey', 'ring', 'stopped')
    case 'stopping':
      return bare('grey', 'ring', 'stopping')
    case 'connecting':
      return bare('yellow', 'ring', 'connecting')
    case 'joining':
      return joining(snapshot.join)
    case 'reconnecting':
      return { ...bare('yellow', 'ring', 'reconnecting'), code: state.error.code }
    case 'failed':
      return failure(state.error.code)
    case 'consuming':
      return consuming(snapshot, state.membership.totalShards, inFlightText)
  }
}

/** Shows no limit for a join that exceeds `atMost`, because such a join depends on another member's settings. */
function joining(join: ConsumerSnapshot['join']): Appearance {
  if (!join || join.seconds < JOIN_SHOWN_AFTER_SECONDS || join.seconds > join.atMost) {
    return bare('yellow', 'ring', 'joining')
  }
  return { fill: 'yellow', shape: 'ring', text: `${stepped(join.seconds)}/≤${join.atMost} s` }
}

function consuming(
  snapshot: ConsumerSnapshot,
  totalShards: number,
  inFlightText: (count: number) => string,
): Appearance {
  const { shards, rate, inFlight, recordError } = snapshot
  if (snapshot.isPaused) return bare('blue', 'ring', 'paused')
  if (snapshot.stoppedShards.length > 0) {
    return {
      ...bare('red', 'ring', isStopped(snapshot.stoppedBy) ? 'shard-stopped' : 'shard-failing'),
      ...(snapshot.stoppedBy && { code: snapshot.stoppedBy }),
    }
  }
  if (recordError) {
    const { code } = recordError
    return { ...bare(code === 'SLS_OFFSET_EXPIRED' ? 'red' : 'yellow', 'dot', textOf(code)), code }
  }
  if (snapshot.unanswered) {
    return { ...bare('yellow', 'dot', 'waiting-for-ack'), code: 'SLS_ACK_MISSING' }
  }
  const share = shards < totalShards ? `${shards}/${totalShards} shards · ` : ''
  const delay = compactDuration(stepped(snapshot.delaySeconds))
  const figures = `${share}${compact(rate)}/s · ${delay}`
  if (snapshot.isRetrying) {
    const text = `${figures} · ↻ ${snapshot.attempts}`
    return { fill: 'yellow', shape: 'dot', text, ...(snapshot.retrying && RETRYING) }
  }
  if (snapshot.isThrottled) {
    return { ...bare('yellow', 'dot', 'throttled'), code: 'SLS_THROTTLED' }
  }
  if (snapshot.isLeftOut) return failure('SLS_GROUP_CONFLICT')
  if (shards === 0) return bare('grey', 'ring', 'standby')
  if (rate === 0 && inFlight > 0) {
    return { fill: 'green', shape: 'dot', text: `${share}${inFlightText(inFlight)} · ${delay}` }
  }
  if (rate === 0 && snapshot.isCaughtUp) return bare('green', 'dot', 'waiting')
  return { fill: 'green', shape: 'dot', text: figures }
}

function stepped(seconds: number): number {
  return seconds < STEP_SECONDS ? seconds : Math.floor(seconds / STEP_SECONDS) * STEP_SECONDS
}

/** Whether the shard is stopped, and not failing: it is not tried again before the next assignment. */
function isStopped(stoppedBy: ErrorCode | null): boolean {
  return stoppedBy !== null && STOPPED_BY.has(stoppedBy)
}

function failure(code: ErrorCode): Appearance {
  return { ...bare('red', 'ring', textOf(code)), code }
}

function textOf(code: ErrorCode): StatusText {
  return ERROR_TEXTS[code] ?? 'client-failed'
}

function bare(fill: NodeStatus['fill'], shape: NodeStatus['shape'], text: StatusText): Appearance {
  return { fill, shape, text: `sls-kafka-in.status.${text}` }
}
