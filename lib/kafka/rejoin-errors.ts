/**
 * Where the group has dropped its member and refuses the first attempt to join again, kafkajs fetches on
 * as nobody: it sends no heartbeats, may commit nothing and never joins. With this error of a fetch it
 * joins.
 */
export class LostMembershipError extends Error {
  /** By which kafkajs tells errors apart. */
  readonly type = 'UNKNOWN_MEMBER_ID'

  constructor() {
    super('the group no longer knows this member')
  }
}

/**
 * Where the connection breaks between the join and its assignment, kafkajs fetches on with the shards of the
 * generation before, and the heartbeats of the new one are in order: it would do so for ever. With this
 * error of a fetch it joins again, as the same member.
 */
export class BrokenJoinError extends Error {
  readonly type = 'REBALANCE_IN_PROGRESS'

  constructor() {
    super('the join was broken off')
  }
}
