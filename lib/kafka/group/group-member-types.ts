import type { Clock } from '../../clock'
import type { Logger } from '../../logger'
import type { Cluster } from '../cluster/cluster'
import type { ShardDirectory } from '../cluster/shard-directory'
import type { SourceEvent } from '../log-source'

/** The assignment of this member in one generation. */
export interface MemberAssignment {
  /** Ascending. */
  readonly shards: readonly number[]
  /** Whether no other member can have owned a shard of this member since the last assignment. */
  readonly isUninterrupted: boolean
}

/** Events of a member. */
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

export interface MemberSettings {
  readonly group: string
  readonly logstore: string
  /** Different from that of any other member, so that the member can be found in its group. */
  readonly clientId: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
}

export interface GroupMemberParts {
  readonly cluster: Cluster
  readonly directory: ShardDirectory
  readonly clock: Clock
  readonly logger: Logger
}
