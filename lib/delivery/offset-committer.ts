import type { Clock } from '../clock'
import type { Ledger } from './ledger'
import type { CommitOutcome, LogSource } from '../kafka/source'
import type { Lane } from './lane'

/**
 * Milliseconds. How long SLS keeps a group's offsets is not documented; official clients commit theirs
 * again every 30 s, so an offset that stands still is refreshed as well.
 */
const REFRESH_AFTER = 600_000

type Lanes = ReadonlyMap<number, Lane>

/** Commits what the shards say may be committed; one commit at a time. */
export class OffsetCommitter {
  readonly #source: LogSource
  readonly #lanes: Lanes
  readonly #clock: Clock
  readonly #onCommitted: () => void
  #underWay: Promise<void> | null = null
  /** Monotonic. */
  #lastCommitMs: number

  constructor(source: LogSource, lanes: Lanes, clock: Clock, onCommitted: () => void) {
    this.#source = source
    this.#lanes = lanes
    this.#clock = clock
    this.#onCommitted = onCommitted
    this.#lastCommitMs = clock.monotonic()
  }

  /** To be called once per commit interval. */
  tick(): Promise<void> {
    for (const { shard } of this.#lanes.values()) shard.ledger.tick()
    return this.commitDue()
  }

  /** Commits what was held back for its interval. */
  commitDue(): Promise<void> {
    return this.#commit((ledger) => ledger.due() ?? this.#refresh(ledger))
  }

  /** Commits everything done: before the group is left in good order. */
  commitAll(): Promise<void> {
    return this.#commit((ledger) => ledger.dueAtStop())
  }

  /**
   * Commits other offsets than those reached.
   *
   * @param then what follows from that, before anything else can be committed
   */
  async set(
    offsets: ReadonlyMap<number, bigint>,
    isStillWanted: () => boolean,
    then: () => void,
  ): Promise<CommitOutcome> {
    while (this.#underWay) await this.#underWay
    if (!isStillWanted()) return 'fenced'
    const setting = this.#source.commit(offsets).then(({ outcome }) => {
      if (outcome === 'committed') then()
      return outcome
    })
    this.#underWay = setting.then(() => {
      this.#underWay = null
    })
    return setting
  }

  #refresh(ledger: Ledger): bigint | null {
    const isOld = this.#clock.monotonic() - this.#lastCommitMs >= REFRESH_AFTER
    return isOld ? ledger.lastCommitted : null
  }

  async #commit(dueOf: (ledger: Ledger) => bigint | null): Promise<void> {
    while (this.#underWay) await this.#underWay
    const offsets = new Map<number, bigint>()
    for (const { shard } of this.#lanes.values()) {
      const due = dueOf(shard.ledger)
      if (due !== null) offsets.set(shard.id, due)
    }
    if (offsets.size === 0) return
    this.#underWay = this.#write(offsets)
    await this.#underWay
  }

  /** A shard whose commit was refused stays due: it is tried again, or it moves and is read again. */
  async #write(offsets: ReadonlyMap<number, bigint>): Promise<void> {
    // Remembered, because a shard that moves away and back meanwhile is another object.
    const lanes = new Map(this.#lanes)
    try {
      const { outcome, shards } = await this.#source.commit(offsets)
      if (outcome === 'committed') this.#lastCommitMs = this.#clock.monotonic()
      for (const [id, offset] of offsets) {
        if (shards.has(id)) lanes.get(id)?.shard.ledger.committed(offset)
      }
      if (shards.size > 0) this.#onCommitted()
    } finally {
      this.#underWay = null
    }
  }
}
