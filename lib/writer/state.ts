import type { SlsKafkaError } from '../errors'

/** Milliseconds that a failure can last before it is reported. A connection that breaks is soon restored. */
const GRACE_MS = 10_000

/** The state of a writer. Times are monotonic. */
export type WriterState =
  | { readonly name: 'stopped' }
  /** The service has not listed the shards of the logstore. */
  | { readonly name: 'connecting' }
  | { readonly name: 'ready' }
  /** Nothing can be written. The writer goes on trying while its buffer holds the logs. */
  | {
      readonly name: 'retrying'
      readonly error: SlsKafkaError
      readonly sinceMs: number
      /** The failure has lasted for long enough, or only a person can end it. */
      readonly isReported: boolean
      /** The service can be reached, and takes no log. Only a log that is written ends it. */
      readonly isRefusal: boolean
    }
  /** No log is accepted any more; those in the buffer are written. */
  | { readonly name: 'closing' }
  | { readonly name: 'closed' }

export type WriterEvent =
  | { readonly type: 'started' }
  /** The service has listed the shards. @param isIdle the buffer is empty */
  | { readonly type: 'listed'; readonly isIdle: boolean }
  | { readonly type: 'written' }
  /** @param isLasting only a person can end it, by a setting or a permission */
  | {
      readonly type: 'trouble'
      readonly error: SlsKafkaError
      readonly isLasting: boolean
      readonly isRefusal: boolean
      readonly nowMs: number
    }
  /** The check that runs once a second. */
  | { readonly type: 'checked'; readonly nowMs: number }
  | { readonly type: 'closing' }
  | { readonly type: 'closed' }

/** The next state of a writer. Reads no clock and changes nothing. */
export function transition(state: WriterState, event: WriterEvent): WriterState {
  switch (state.name) {
    case 'stopped':
      return event.type === 'started' ? { name: 'connecting' } : ended(state, event)
    case 'closing':
    case 'closed':
      return ended(state, event)
    case 'connecting':
    case 'ready':
    case 'retrying':
      return whileRunning(state, event)
  }
}

function ended(state: WriterState, event: WriterEvent): WriterState {
  if (event.type === 'closed') return { name: 'closed' }
  return event.type === 'closing' && state.name === 'stopped' ? { name: 'closing' } : state
}

type RunningState = Extract<WriterState, { name: 'connecting' | 'ready' | 'retrying' }>

function whileRunning(state: RunningState, event: WriterEvent): WriterState {
  switch (event.type) {
    case 'started':
      return state
    case 'listed':
      // The service can list shards and still refuse what is written.
      return state.name === 'retrying' && (state.isRefusal || !event.isIdle)
        ? state
        : { name: 'ready' }
    case 'written':
      return { name: 'ready' }
    case 'trouble':
      return troubled(state, event)
    case 'checked': {
      const isOverdue = state.name === 'retrying' && event.nowMs - state.sinceMs > GRACE_MS
      return isOverdue && !state.isReported ? { ...state, isReported: true } : state
    }
    case 'closing':
      return { name: 'closing' }
    case 'closed':
      return { name: 'closed' }
  }
}

function troubled(
  state: RunningState,
  { error, isLasting, isRefusal, nowMs }: Extract<WriterEvent, { type: 'trouble' }>,
): WriterState {
  if (state.name !== 'retrying') {
    return { name: 'retrying', error, sinceMs: nowMs, isReported: isLasting, isRefusal }
  }
  const isReported = state.isReported || isLasting
  // The newest cause is shown, unless it says less than the one before.
  const newest = error.code === 'SLS_CLIENT_FAILED' ? state.error : error
  return { ...state, error: newest, isReported, isRefusal: state.isRefusal || isRefusal }
}
