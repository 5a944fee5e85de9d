import type { Assignment, CommitOutcome } from './source'
import type { BatchInternals, ConsumerGroupInternals } from './internals'
import type { Committer, KafkaSession } from './session'
import { topicOffsets } from './topic-offsets'

/** Errors that say that this generation of the group is over. */
const FENCED = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS'])

type Fetched = Pick<BatchInternals, 'partition' | 'fetchedOffset'>

/**
 * What one client knows of its place in the group: which shards are its own, whether it held them
 * without a gap, and how far it has read each.
 */
export class Membership {
  readonly #logstore: string
  readonly #positions = new Map<number, bigint>()
  /** Where reading was told to go on, until something was fetched from there. */
  readonly #sought = new Map<number, bigint>()
  #group: ConsumerGroupInternals | null = null
  #memberId: string | null = null
  #generation: number | null = null
  #shards: ReadonlySet<number> = new Set()
  #isJoined = false
  #isJoinBrokenOff = false

  constructor(logstore: string) {
    this.#logstore = logstore
  }

  /** True while the group counts us in and no join is pending. */
  get isJoined(): boolean {
    return this.#isJoined
  }

  /** As whom this client may commit: as it joined last, also while it joins again. */
  get committer(): Committer | null {
    if (this.#memberId === null || this.#generation === null) return null
    return { memberId: this.#memberId, generation: this.#generation }
  }

  joining(group: ConsumerGroupInternals): void {
    this.#group = group
    this.#isJoined = false
    this.#isJoinBrokenOff = false
  }

  /** It failed, and is not tried again by itself. */
  joinFailed(): void {
    this.#isJoinBrokenOff = true
  }

  /**
   * The group may count us in, with an assignment that never came: what we know of our shards is that of
   * the generation before.
   */
  get isJoinBrokenOff(): boolean {
    return this.#isJoinBrokenOff
  }

  /**
   * @param shards as the group's leader assigned them
   * @returns also which of them the logstore does not have
   */
  joined(shards: readonly number[]): Assignment & { readonly unknown: readonly number[] } {
    const group = this.#group
    const memberId = group?.memberId ?? null
    const generation = group?.generationId ?? null
    // Same member alone is not enough: in a generation that it missed, others may have owned its
    // shards, read on and committed.
    const isUninterrupted =
      memberId !== null &&
      memberId === this.#memberId &&
      generation !== null &&
      generation - 1 === this.#generation
    const kept = new Set(isUninterrupted ? shards.filter((shard) => this.#shards.has(shard)) : [])

    this.#memberId = memberId
    this.#generation = generation
    this.#shards = new Set(shards)
    this.#isJoined = true
    for (const shard of [...this.#positions.keys()]) {
      if (!kept.has(shard)) this.forgetPosition(shard)
    }
    const known = this.#knownShards()
    // The list may be out of date, but not for long: kafkajs has asked for it again if one was missing.
    const unknown = known ? shards.filter((shard) => !known.has(shard)) : []
    return { shards, kept, total: known?.size ?? shards.length, unknown }
  }

  /** Null while the service tells of none. */
  #knownShards(): ReadonlySet<number> | null {
    const listed = this.#group?.cluster.findTopicPartitionMetadata(this.#logstore) ?? []
    return listed.length > 0 ? new Set(listed.map(({ partitionId }) => partitionId)) : null
  }

  /** By the last answered join. */
  get isLeader(): boolean {
    const { memberId, leaderId } = this.#group ?? { memberId: null, leaderId: null }
    return memberId !== null && memberId === leaderId
  }

  /** The group has dropped us, and we have not joined it again. */
  get isNobody(): boolean {
    return this.#group?.memberId === null
  }

  /** Those of the last join. */
  get shards(): ReadonlySet<number> {
    return this.#shards
  }

  owns(shard: number): boolean {
    return this.#shards.has(shard)
  }

  /** Where reading goes on; absent until the first batch of a newly assigned shard. */
  position(shard: number): bigint | undefined {
    return this.#positions.get(shard)
  }

  advance(shard: number, next: bigint): void {
    this.#positions.set(shard, next)
  }

  /** Reading goes on here, and not where fetches under way were told to begin. */
  moveTo(shard: number, offset: bigint): void {
    this.#positions.set(shard, offset)
    this.#sought.set(shard, offset)
  }

  /** Whether a batch was asked for before the shard was told to go on elsewhere. */
  isElsewhere({ partition, fetchedOffset }: Fetched): boolean {
    const sought = this.#sought.get(partition)
    if (sought === undefined) return false
    if (BigInt(fetchedOffset) !== sought) return true
    this.#sought.delete(partition)
    return false
  }

  /** Reading goes on wherever the next batch begins. */
  forgetPosition(shard: number): void {
    this.#positions.delete(shard)
    this.#sought.delete(shard)
  }

  /** Resolves when the group has let us go. */
  async leave(): Promise<void> {
    await this.#group?.leave()
  }

  /** @param session used where the client's own connection waits for the group to let it join again */
  async commit(
    offsets: ReadonlyMap<number, bigint>,
    session: KafkaSession | null = null,
  ): Promise<CommitOutcome> {
    const group = this.#group
    const { committer } = this
    if (!group || !committer) return 'failed'
    const own = new Map([...offsets].filter(([shard]) => this.owns(shard)))
    if (own.size === 0) return 'committed'
    try {
      if (session) await session.commit(group.groupId, own, committer)
      else await group.commitOffsets({ topics: [topicOffsets(this.#logstore, own)] })
      return 'committed'
    } catch (error) {
      return FENCED.has((error as { type?: string }).type ?? '') ? 'fenced' : 'failed'
    }
  }
}
