import type { Protocol } from './member'

export interface JoinRequest {
  readonly groupId: string
  /** Empty for a newcomer. */
  readonly memberId: string
  /** JoinGroup v4 and later: a newcomer first gets its id, and must join again with it. */
  readonly requiresKnownMemberId: boolean
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly Protocol[]
}
