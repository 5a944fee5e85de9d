import type { Clock } from '../clock'
import type { Shard } from '../delivery/shard'
import type { FetchedRecord, LogSource } from '../kafka/source'

/**
 * Milliseconds. How long SLS keeps a group's offsets is not documented; official clients commit theirs
 * again every 30 s, so an offset that stands still is refreshed as well.
 */
const REFRESH_AFTER = 600_000

type Shards = ReadonlyMap<number, Shard<FetchedRecord>>

/** Commits what the shards say may be committed; one commit at a time. */
export class Committer {
  readonly #source: LogSource
  readonly #shards: Shards
  readonly #clock: Clock
  #underWay: Promise<void> | null = null
  #lastCommit: number

  constructor(source: LogSource, shards: Shards, clock: Clock) {
    this.#source = source
    this.#shards = shards
    this.#clock = clock
    this.#lastCommit = clock.now()
  }

  /** To be called once per commit interval. */
  tick(): Promise<void> {
    for (const shard of this.#shards.values()) shard.ledger.tick()
    return this.commitDue()
  }

  /** Commits what was held back for its interval. */
  commitDue(): Promise<void> {
    return this.#commit((shard) => shard.ledger.due() ?? this.#refresh(shard))
  }

  /** Commits everything sent: before the group is left in good order. */
  commitAll(): Promise<void> {
    return this.#commit((shard) => shard.ledger.dueAtStop())
  }

  #refresh(shard: Shard<FetchedRecord>): bigint | null {
    const isOld = this.#clock.now() - this.#lastCommit >= REFRESH_AFTER
    return isOld ? shard.ledger.lastCommitted : null
  }

  async #commit(dueOf: (shard: Shard<FetchedRecord>) => bigint | null): Promise<void> {
    while (this.#underWay) await this.#underWay
    const offsets = new Map<number, bigint>()
    for (const shard of this.#shards.values()) {
      const due = dueOf(shard)
      if (due !== null) offsets.set(shard.id, due)
    }
    if (offsets.size === 0) return
    this.#underWay = this.#write(offsets)
    await this.#underWay
  }

  /** A commit that was refused stays due: it is tried again, or the shard moves and is read again. */
  async #write(offsets: ReadonlyMap<number, bigint>): Promise<void> {
    // Remembered, because a shard that moves away and back meanwhile is another object.
    const shards = new Map(this.#shards)
    try {
      if ((await this.#source.commit(offsets)) !== 'committed') return
      this.#lastCommit = this.#clock.now()
      for (const [id, offset] of offsets) shards.get(id)?.ledger.committed(offset)
    } finally {
      this.#underWay = null
    }
  }
}
