import type { Clock } from '../clock'
import type { Logger } from '../logger'
import type { Cluster } from './cluster'
import type { ShardDirectory } from './shard-directory'

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
