import type { Clock } from '../clock'
import type {
  Assignment,
  FetchedBatch,
  LogSourceListener,
  PositionReset,
  UnreadableSpan,
} from './source'

/** What a source tells. */
export type SourceEvent =
  | { readonly type: 'connecting' | 'joining' }
  /** The group lets the join wait for other members. `sinceMs`: monotonic, when the wait began. */
  | { readonly type: 'join-waits'; readonly sinceMs: number }
  | { readonly type: 'assigned'; readonly assignment: Assignment }
  /** No shard was assigned to this member; `isNobodyReading`: nor to any other one. */
  | { readonly type: 'left-out'; readonly isNobodyReading: boolean }
  | { readonly type: 'fetched'; readonly batch: FetchedBatch }
  /** A fetch for the shard was answered and had no record, because there is none. */
  | { readonly type: 'caught-up'; readonly shard: number }
  /** The same, because a limit had ended the response before. */
  | { readonly type: 'cut-short'; readonly shard: number }
  /** The shard cannot be read for some time, or beyond an offset; the others are read on. */
  | {
      readonly type: 'shard-failed'
      readonly shard: number
      readonly error: unknown
      readonly unreadable: UnreadableSpan | null
    }
  | { readonly type: 'position-reset'; readonly reset: PositionReset }
  | { readonly type: 'throttled'; readonly milliseconds: number }
  /** Proof that the membership lives: a fetch was answered or, without a shard to fetch, a heartbeat. */
  | { readonly type: 'answer' }
  /** A request or a connection failed; the source goes on trying and keeps its membership. */
  | { readonly type: 'trouble'; readonly error: unknown }

/** Tells a listener with one method for each event. */
export function tellListener(listener: LogSourceListener, event: SourceEvent, clock: Clock): void {
  switch (event.type) {
    case 'connecting':
    case 'joining':
      listener.onPhase(event.type)
      break
    case 'join-waits':
      listener.onJoinWaits(clock.now() - (clock.monotonic() - event.sinceMs))
      break
    case 'assigned':
      listener.onAssigned(event.assignment)
      break
    case 'left-out':
      listener.onLeftOut(event.isNobodyReading)
      break
    case 'fetched':
      listener.onFetched(event.batch)
      break
    case 'caught-up':
      listener.onCaughtUp(event.shard)
      break
    case 'cut-short':
      listener.onCutShort(event.shard)
      break
    case 'shard-failed':
      listener.onShardFailed(event.shard, event.error, event.unreadable)
      break
    case 'position-reset':
      listener.onPositionReset(event.reset)
      break
    case 'throttled':
      listener.onThrottled(event.milliseconds)
      break
    case 'answer':
      listener.onAnswer()
      break
    case 'trouble':
      listener.onTrouble(event.error)
      break
  }
}
