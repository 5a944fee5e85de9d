import { SlsKafkaError } from '../errors'
import { membershipOf, NO_OUTAGE, outageOf, type ConsumerState, type Membership } from './state'

type StateNamed<N extends ConsumerState['name']> = Extract<ConsumerState, { name: N }>

/** A state in which a source runs, or the next one is about to. */
type RunningState = Exclude<ConsumerState, { name: 'stopped' | 'stopping' }>

/** Milliseconds that a connection can take to come back before its loss is reported. */
const RECONNECT_GRACE_MS = 10_000

/** Milliseconds without a response after which a member no longer counts as alive. */
const ALIVE_FOR_MS = 30_000

/** The events that change the state of a consumer. Times are monotonic. */
export type ConsumerEvent =
  /** The user or a deploy starts the consumer. */
  | { readonly type: 'started' }
  | { readonly type: 'connecting' }
  | { readonly type: 'joining'; readonly nowMs: number }
  /** The group delays the join until other members have joined. The wait began at `sinceMs`. */
  | { readonly type: 'join-waits'; readonly sinceMs: number }
  | { readonly type: 'assigned'; readonly membership: Membership; readonly nowMs: number }
  /** A response came which proves that the membership is alive. */
  | { readonly type: 'response'; readonly nowMs: number }
  /** The service makes the client wait until `untilMs`. No response is due before. */
  | { readonly type: 'throttled'; readonly untilMs: number }
  /** A request or a connection failed. The source keeps its membership and tries again. */
  | { readonly type: 'trouble'; readonly error: SlsKafkaError; readonly nowMs: number }
  /** The check that runs once a second. */
  | { readonly type: 'checked'; readonly nowMs: number }
  /** The membership ended with an error. The next try is at `nextTryAtMs`. */
  | { readonly type: 'failed'; readonly error: SlsKafkaError; readonly nextTryAtMs: number }
  /** A stop was requested. The source commits and leaves the group. */
  | { readonly type: 'stopping' }
  /** The source has ended after a stop. */
  | { readonly type: 'stopped' }

/** The next state of a consumer. Reads no clock and changes nothing. */
export function transition(state: ConsumerState, event: ConsumerEvent): ConsumerState {
  switch (state.name) {
    case 'stopped':
      return event.type === 'started' ? { name: 'connecting' } : state
    case 'stopping':
      return event.type === 'stopped' ? { name: 'stopped' } : state
    case 'connecting':
    case 'joining':
    case 'consuming':
    case 'reconnecting':
    case 'failed':
      return whileRunning(state, event)
  }
}

/** Whether the loss of a connection has lasted so long that it must be reported. */
export function isOverdue({ sinceMs }: StateNamed<'reconnecting'>, nowMs: number): boolean {
  return nowMs - sinceMs > RECONNECT_GRACE_MS
}

function whileRunning(state: RunningState, event: ConsumerEvent): ConsumerState {
  switch (event.type) {
    case 'started':
      return state
    case 'connecting':
      // A failure stays visible until the group is reached: a try is not yet a success.
      return state.name === 'failed' ? state : { name: 'connecting' }
    case 'joining':
      // A broken connection stays visible while the same join is tried again.
      return state.name === 'reconnecting'
        ? { ...state, membership: null }
        : joiningSince(state, event.nowMs)
    case 'join-waits':
      return joiningSince(state, event.sinceMs)
    case 'assigned':
      return afterAssignment(state, event.membership, event.nowMs)
    case 'response':
      return afterResponse(state, event.nowMs)
    case 'throttled':
      return state.name === 'consuming' ? { ...state, lastResponseMs: event.untilMs } : state
    case 'trouble':
      return afterTrouble(state, event.error, event.nowMs)
    case 'checked':
      return afterCheck(state, event.nowMs)
    case 'failed':
      return { name: 'failed', error: event.error, nextTryAtMs: event.nextTryAtMs }
    case 'stopping':
      return { name: 'stopping' }
    case 'stopped':
      return { name: 'stopped' }
  }
}

/** A join that is tried again counts from its first try. */
function joiningSince(state: RunningState, sinceMs: number): StateNamed<'joining'> {
  return {
    name: 'joining',
    sinceMs: state.name === 'joining' ? state.sinceMs : sinceMs,
    outage: outageOf(state),
    membership: null,
  }
}

/** After a reported outage the first fetch can fail again, so only a response leads to `consuming`. */
function afterAssignment(
  state: RunningState,
  membership: Membership,
  nowMs: number,
): ConsumerState {
  const outage = outageOf(state)
  if (!outage.isReported) return { name: 'consuming', membership, lastResponseMs: nowMs, outage }
  if (state.name === 'reconnecting') return { ...state, membership }
  return { ...joiningSince(state, nowMs), membership }
}

function afterResponse(state: RunningState, nowMs: number): ConsumerState {
  const membership = membershipOf(state)
  if (!membership) return state
  return { name: 'consuming', membership, lastResponseMs: nowMs, outage: NO_OUTAGE }
}

function afterTrouble(state: RunningState, error: SlsKafkaError, nowMs: number): ConsumerState {
  if (state.name === 'failed') return state
  // The newest cause is shown, unless it says less than the one before.
  if (state.name === 'reconnecting' && error.code === 'SLS_CLIENT_FAILED') return state
  const { sinceMs, isReported } = outageOf(state)
  const membership = membershipOf(state)
  return { name: 'reconnecting', error, sinceMs: sinceMs ?? nowMs, isReported, membership }
}

function afterCheck(state: RunningState, nowMs: number): ConsumerState {
  if (state.name === 'consuming' && nowMs - state.lastResponseMs > ALIVE_FOR_MS) {
    const error = new SlsKafkaError('SLS_STALLED', { seconds: ALIVE_FOR_MS / 1000 })
    return afterTrouble(state, error, nowMs)
  }
  if (state.name !== 'reconnecting' || state.isReported) return state
  return isOverdue(state, nowMs) ? { ...state, isReported: true } : state
}
