/** Where a group stands in one shard. */
export interface CommittedOffset {
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string | null
}

export interface CommittedPartition extends CommittedOffset {
  readonly logstore: string
  readonly shard: number
}

/** The committed offsets of one group. */
export class CommittedOffsets {
  readonly #byLogstore = new Map<string, Map<number, CommittedOffset>>()

  set(logstore: string, shard: number, committed: CommittedOffset): void {
    const shards = this.#byLogstore.get(logstore) ?? new Map<number, CommittedOffset>()
    shards.set(shard, committed)
    this.#byLogstore.set(logstore, shards)
  }

  get(logstore: string, shard: number): CommittedOffset | undefined {
    return this.#byLogstore.get(logstore)?.get(shard)
  }

  all(): CommittedPartition[] {
    return [...this.#byLogstore].flatMap(([logstore, shards]) =>
      [...shards].map(([shard, committed]) => ({ logstore, shard, ...committed })),
    )
  }
}
