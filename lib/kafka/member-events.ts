import type { SourceEvent } from './source'

/** What one generation of the group assigned to this member. */
export interface MemberAssignment {
  /** Ascending. */
  readonly shards: readonly number[]
  /** Whether no other member can have owned a shard of this member since the last assignment. */
  readonly isUninterrupted: boolean
}

/** What a member reports. */
export type MemberEvent =
  | Extract<SourceEvent, { type: 'joining' | 'join-waits' | 'trouble' }>
  /** `signal` aborts when the assignment ends. */
  | {
      readonly type: 'assigned'
      readonly assignment: MemberAssignment
      readonly signal: AbortSignal
    }
  /** A heartbeat was answered. */
  | { readonly type: 'heartbeat' }

export interface MemberListener {
  onEvent(event: MemberEvent): void
  /** The member joins again when the promise is settled. */
  beforeRejoin(): Promise<void>
}
