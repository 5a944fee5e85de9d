import type { Clock } from '../clock'
import type { CommitOutcome, LogSource } from '../kafka/source'
import type { ShardProcessor } from './processor'

/**
 * Milliseconds. How long SLS keeps a group's offsets is not documented; official clients commit theirs
 * again every 30 s, so that an offset that stands still is committed again as well.
 */
const REFRESH_AFTER = 600_000

/** Milliseconds between two periodic commits at least: each one is a write at the service. */
export const LEAST_COMMIT_INTERVAL = 200

export interface OffsetCommitterOptions {
  readonly source: Pick<LogSource, 'commit'>
  /** By shard; these are committed for. */
  readonly processors: ReadonlyMap<number, ShardProcessor>
  readonly clock: Clock
  /** Milliseconds between two periodic commits. */
  readonly interval: number
  /** The group has taken offsets. */
  readonly onCommitted: () => void
}

/** Commits what the processors say can be committed; one request at a time. */
export class OffsetCommitter {
  readonly #options: OffsetCommitterOptions
  readonly #stopTicking: () => void
  #underWay: Promise<void> | null = null
  /** When the commit under way was sent; monotonic. */
  #sentAtMs: number | null = null
  /** When the last commit was sent; monotonic. */
  #lastSentMs = -Infinity
  /** When the group last took an offset of a shard; monotonic. */
  readonly #lastTakenMs = new WeakMap<ShardProcessor, number>()
  /** A periodic commit waits for its time. */
  #cancelPlanned: (() => void) | null = null

  constructor(options: OffsetCommitterOptions) {
    const { clock, interval } = options
    this.#options = options
    this.#stopTicking = clock.every(Math.max(interval, LEAST_COMMIT_INTERVAL), () => {
      for (const { committable } of this.#processors) committable.tick()
      this.commitSoon()
    })
  }

  /** When the commit under way was sent, monotonic; null if there is none. */
  get sentAtMs(): number | null {
    return this.#sentAtMs
  }

  /** Commits what is due as soon as the last commit was answered and is old enough. */
  commitSoon(): void {
    if (this.#cancelPlanned) return
    const { clock } = this.#options
    const waitMs = this.#lastSentMs + LEAST_COMMIT_INTERVAL - clock.monotonic()
    const commit = async (): Promise<void> => {
      while (this.#underWay) await this.#underWay
      if (!this.#cancelPlanned) return
      this.#cancelPlanned = null
      await this.commitDue()
    }
    this.#cancelPlanned = waitMs > 0 ? clock.after(Math.ceil(waitMs), commit) : clock.soon(commit)
  }

  /** Commits what is due, without what is held back for its interval. */
  commitDue(): Promise<void> {
    return this.#commit((processor) => processor.committable.due() ?? this.#refreshed(processor))
  }

  /** Commits everything done: before the group is left. */
  commitAll(): Promise<void> {
    return this.#commit(({ committable }) => committable.dueAtStop())
  }

  /**
   * Commits other offsets than those reached.
   *
   * @param isStillWanted asked when the commit under way was answered
   * @param then called before anything else can be committed
   */
  async set(
    offsets: ReadonlyMap<number, bigint>,
    isStillWanted: () => boolean,
    then: () => void,
  ): Promise<CommitOutcome> {
    while (this.#underWay) await this.#underWay
    if (!isStillWanted()) return 'fenced'
    const { source, processors } = this.#options
    const setting = source.commit(offsets).then(({ outcome, shards }) => {
      if (outcome === 'committed') then()
      for (const shard of shards) {
        const processor = processors.get(shard)
        if (outcome === 'committed') this.#taken(processor)
        else processor?.committable.forgetCommitted()
      }
      return outcome
    })
    const clear = (): void => {
      this.#underWay = null
    }
    this.#underWay = setting.then(clear, clear)
    return setting
  }

  /** Sends no periodic commit any more. */
  end(): void {
    this.#stopTicking()
    this.#cancelPlanned?.()
    this.#cancelPlanned = null
  }

  get #processors(): Iterable<ShardProcessor> {
    return this.#options.processors.values()
  }

  #refreshed(processor: ShardProcessor): bigint | null {
    const takenMs = this.#lastTakenMs.get(processor) ?? Infinity
    const isOld = this.#options.clock.monotonic() - takenMs >= REFRESH_AFTER
    return isOld ? processor.committable.committed : null
  }

  #taken(processor: ShardProcessor | undefined): void {
    if (processor) this.#lastTakenMs.set(processor, this.#options.clock.monotonic())
  }

  async #commit(dueOf: (processor: ShardProcessor) => bigint | null): Promise<void> {
    while (this.#underWay) await this.#underWay
    const offsets = new Map<ShardProcessor, bigint>()
    for (const processor of this.#processors) {
      const due = dueOf(processor)
      if (due !== null) offsets.set(processor, due)
    }
    if (offsets.size === 0) return
    this.#underWay = this.#write(offsets)
    await this.#underWay
  }

  /**
   * A refused shard stays due: it is committed again, or it moves and is read again. The processors are those
   * of now, because a shard that moves away and back meanwhile has another one.
   */
  async #write(offsets: ReadonlyMap<ShardProcessor, bigint>): Promise<void> {
    const { source, clock, onCommitted } = this.#options
    const sent = [...offsets].map(([processor, offset]) => {
      return { processor, offset, resets: processor.committable.resets }
    })
    const byShard = new Map([...offsets].map(([{ queue }, offset]) => [queue.shard, offset]))
    this.#sentAtMs = clock.monotonic()
    this.#lastSentMs = this.#sentAtMs
    try {
      const { shards } = await source.commit(byShard)
      for (const { processor, offset, resets } of sent) {
        if (!shards.has(processor.queue.shard)) continue
        // An offset of before a reset can be higher than all that follow and must be committed.
        if (processor.committable.resets !== resets) continue
        processor.committed(offset)
        this.#taken(processor)
      }
      this.#sentAtMs = null
      if (shards.size > 0) onCommitted()
    } finally {
      this.#underWay = null
      this.#sentAtMs = null
    }
  }
}
