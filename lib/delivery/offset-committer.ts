import type { Clock } from '../clock'
import type { CommitOutcome, LogSource } from '../kafka/log-source'
import type { ShardProcessor } from './processor'

/**
 * Milliseconds after which an unchanged offset is committed again. SLS does not document how long it keeps a
 * group's offsets. Official clients commit again every 30 s.
 */
const REFRESH_AFTER_MS = 600_000

/** Least time between two periodic commits, because each one is a write at the service. */
const LEAST_COMMIT_INTERVAL_MS = 200

/** One shard's part of a commit. The shard has another processor if it moves away and back meanwhile. */
interface CommittedShard {
  readonly processor: ShardProcessor
  readonly offset: bigint
  /** Resets of its offsets when the commit was sent. */
  readonly resets: number
}

export interface OffsetCommitterOptions {
  readonly source: Pick<LogSource, 'commit'>
  /** The processors to commit for, by shard. */
  readonly processors: ReadonlyMap<number, ShardProcessor>
  readonly clock: Clock
  /** Milliseconds between two periodic commits. */
  readonly interval: number
  /** Called when the group has taken offsets. */
  readonly onCommitted: () => void
}

/** Commits the due offsets of the processors, with one request at a time. */
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
  /** Cancels the planned periodic commit; null if none is planned. */
  #cancelPlanned: (() => void) | null = null

  constructor(options: OffsetCommitterOptions) {
    const { clock, interval } = options
    this.#options = options
    this.#stopTicking = clock.every(Math.max(interval, LEAST_COMMIT_INTERVAL_MS), () => {
      for (const { committable } of this.#processors) committable.tick()
      this.commitSoon()
    })
  }

  /** When the commit under way was sent, monotonic; null if there is none. */
  get sentAtMs(): number | null {
    return this.#sentAtMs
  }

  /** Commits due offsets once the last commit has its response and is old enough. */
  commitSoon(): void {
    if (this.#cancelPlanned) return
    const { clock } = this.#options
    const waitMs = this.#lastSentMs + LEAST_COMMIT_INTERVAL_MS - clock.monotonic()
    const commit = async (): Promise<void> => {
      while (this.#underWay) await this.#underWay
      if (!this.#cancelPlanned) return
      this.#cancelPlanned = null
      await this.commitDue()
    }
    this.#cancelPlanned = waitMs > 0 ? clock.after(Math.ceil(waitMs), commit) : clock.soon(commit)
  }

  /** Commits due offsets, and refreshes offsets that have not changed for long. */
  commitDue(): Promise<void> {
    return this.#commit((processor) => processor.committable.due() ?? this.#refreshed(processor))
  }

  /** Commits everything done, before the member leaves the group. */
  commitAll(): Promise<void> {
    return this.#commit(({ committable }) => committable.dueAtStop())
  }

  /**
   * Commits offsets that a seek has chosen.
   *
   * @param isStillWanted called when the commit under way has its response
   * @param then called on success, before any other commit
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

  /** Ends the periodic commits. */
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
    const isOld = this.#options.clock.monotonic() - takenMs >= REFRESH_AFTER_MS
    return isOld ? processor.committable.committed : null
  }

  #taken(processor: ShardProcessor | undefined): void {
    if (processor) this.#lastTakenMs.set(processor, this.#options.clock.monotonic())
  }

  async #commit(dueOf: (processor: ShardProcessor) => bigint | null): Promise<void> {
    while (this.#underWay) await this.#underWay
    const due: CommittedShard[] = []
    for (const processor of this.#processors) {
      const offset = dueOf(processor)
      const { resets } = processor.committable
      if (offset !== null) due.push({ processor, offset, resets })
    }
    if (due.length === 0) return
    this.#underWay = this.#write(due)
    await this.#underWay
  }

  /** A refused shard stays due: its offset is committed again, or the shard moves and is read again. */
  async #write(due: readonly CommittedShard[]): Promise<void> {
    const { source, clock, onCommitted } = this.#options
    const offsets = new Map(due.map(({ processor, offset }) => [processor.queue.shard, offset]))
    this.#sentAtMs = clock.monotonic()
    this.#lastSentMs = this.#sentAtMs
    try {
      const { shards } = await source.commit(offsets)
      for (const { processor, offset, resets } of due) {
        if (!shards.has(processor.queue.shard)) continue
        // An offset from before a reset can be higher than those after it, which must still be committed.
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
