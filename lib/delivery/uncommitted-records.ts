import { RecentCount } from '../recent-count'

/** Records done within this time can exceed the window: 200 ms between commits, and 50 ms for a late timer. */
const RECENT_MS = 250

/** While a commit takes longer, the shard stays within its window. */
const COMMIT_TIMEOUT_MS = 1_000

const SLOT_MS = 25

/** Counters of an `InFlightWindow` over all records that it ever had. */
export interface SentRecords {
  /** Records sent. */
  readonly sent: number
  /** Records sent before the oldest one that is not done. */
  readonly donePrefix: number
  /** Records sent and not done. */
  readonly undone: number
}

/**
 * Bounds how far one shard runs ahead of its committed offset, which a crash repeats. The bound is one
 * window, or the records done in the last 0.25 s and since the commit under way was sent.
 */
export class UncommittedRecords {
  readonly #maxSpan: number
  readonly #doneLately = new RecentCount(SLOT_MS, (COMMIT_TIMEOUT_MS + RECENT_MS) / SLOT_MS + 1)
  /** Records below this number are committed, and are never sent again. */
  #committed = 0
  #proposed: { readonly offset: bigint; readonly prefix: number } | null = null

  /** @param maxSpan records of a window */
  constructor(maxSpan: number) {
    this.#maxSpan = maxSpan
  }

  /** Counts records that are done. */
  done(records: number, nowMs: number): void {
    this.#doneLately.add(records, nowMs)
  }

  /** Notes the offset that is committed next. @param prefix number of records before it */
  propose(offset: bigint, prefix: number): void {
    this.#proposed = { offset, prefix }
  }

  /** Notes that the group has taken an offset. */
  committed(offset: bigint): void {
    if (this.#proposed?.offset === offset) this.#committed = this.#proposed.prefix
  }

  /**
   * Handles a reset of offsets: the proposed one is invalid, and records that were fetched before are never
   * committed or sent again.
   *
   * @param fetched records fetched so far
   */
  resetOffsets(fetched: number): void {
    this.#proposed = null
    this.#committed = fetched
  }

  /** Records done without a gap and not committed. @param donePrefix see `InFlightWindow` */
  committable(donePrefix: number): number {
    return donePrefix - this.#committed
  }

  /** How many more records can be sent. @param nowMs monotonic */
  room(window: SentRecords, commitSentAtMs: number | null, nowMs: number): number {
    const { sent } = window
    const room = this.#maxSpan - (sent - this.#committed)
    if (room > 0) return room
    const { donePrefix, undone } = window
    const isResponseDue = commitSentAtMs !== null && nowMs - commitSentAtMs < COMMIT_TIMEOUT_MS
    const sinceMs = (isResponseDue ? commitSentAtMs : nowMs) - RECENT_MS
    const done = sent - this.#committed - undone
    if (done > this.#doneLately.since(sinceMs, nowMs)) return 0
    return Math.max(0, this.#maxSpan - (sent - donePrefix))
  }
}
