import type { FaultDescription } from '../../tools/emulator/faults/parse-fault'
import type { Reception } from '../../tools/emulator/switches'
import type { Expectation } from './measurements'

/** What a case does to the emulator while its fault is on. */
export type Disturbance =
  /** Nothing: a healthy consumer keeps every bound. */
  | { readonly kind: 'none' }
  /** Requests meet a fault of the emulator. */
  | { readonly kind: 'requests'; readonly api: string; readonly fault: FaultDescription }
  /** New connections are received in another way. */
  | { readonly kind: 'reception'; readonly reception: Reception }
  /** Nothing listens: connections are refused. */
  | { readonly kind: 'outage' }
  /** The open connections answer nothing more; new ones work. */
  | { readonly kind: 'half-open' }
  /** Another AccessKey is right: logins are refused. */
  | { readonly kind: 'access-key' }

/** What makes a consumer that reads request an API that it does not request all the time. */
export type Trigger =
  | 'none'
  /** Closes all connections: the login APIs. */
  | 'close connections'
  /** Ends the session of the member: JoinGroup, SyncGroup, OffsetFetch. */
  | 'expire the member'
  /** One Heartbeat is answered with NOT_COORDINATOR: FindCoordinator. */
  | 'move the coordinator'
  /** One Fetch is answered with NOT_LEADER_FOR_PARTITION: Metadata. */
  | 'move the leader'
  /** One Fetch is answered with OFFSET_OUT_OF_RANGE: ListOffsets. */
  | 'expire the offsets'
  /** Stops the consumer and starts it again: APIs that are requested at a start only. */
  | 'restart'

/** One fault that a reading consumer meets. */
export interface FaultCase {
  /** E.g. `Fetch: error 6`. Unlike that of any other case. */
  readonly name: string
  readonly disturbance: Disturbance
  readonly trigger: Trigger
  /** How long the fault lasts after it is met, milliseconds. */
  readonly lastsMs: number
  readonly expected: Expectation
}
