import { RecentCount } from './recent-count'

/** Milliseconds of work that a shard can be ahead of its window: the least time between two commits, and a late timer. */
const RECENT_MS = 250

/** Milliseconds. A commit that takes longer holds the shard back to its window. */
const COMMIT_TIMEOUT = 1_000

const SLOT_MS = 25

/** What an `InFlightWindow` knows of all records that it ever had. */
export interface SentRecords {
  /** Records sent. */
  readonly sent: number
  /** Of these, the ones sent before the oldest one that is not done. */
  readonly donePrefix: number
  /** Of these, the ones not done. */
  readonly undone: number
}

/**
 * How far one shard is ahead of its committed offset, in records: what is sent again if the process dies.
 * That is one window, or as much as was done in the last 0.25 s and since the commit under way was sent.
 */
export class UncommittedRecords {
  readonly #maxSpan: number
  readonly #doneLately = new RecentCount(SLOT_MS, (COMMIT_TIMEOUT + RECENT_MS) / SLOT_MS + 1)
  /** Records that are never sent again, from the first one on. */
  #committed = 0
  #proposed: { readonly offset: bigint; readonly prefix: number } | null = null

  /** @param maxSpan records of a window */
  constructor(maxSpan: number) {
    this.#maxSpan = maxSpan
  }

  /** Records were done. */
  done(records: number, nowMs: number): void {
    this.#doneLately.add(records, nowMs)
  }

  /** This offset is going to be committed; so many records lie before it. */
  propose(offset: bigint, prefix: number): void {
    this.#proposed = { offset, prefix }
  }

  /** The group has taken an offset. */
  committed(offset: bigint): void {
    if (this.#proposed?.offset === offset) this.#committed = this.#proposed.prefix
  }

  /**
   * The offsets of the shard begin again: what was proposed means something else, and nothing that was
   * fetched before is ever committed or sent again.
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

  /** How many records more can be sent. @param nowMs monotonic */
  room(
    { sent, donePrefix, undone }: SentRecords,
    commitSentAtMs: number | null,
    nowMs: number,
  ): number {
    const room = this.#maxSpan - (sent - this.#committed)
    if (room > 0) return room
    const isResponseDue = commitSentAtMs !== null && nowMs - commitSentAtMs < COMMIT_TIMEOUT
    const sinceMs = (isResponseDue ? commitSentAtMs : nowMs) - RECENT_MS
    const done = sent - this.#committed - undone
    if (done > this.#doneLately.since(sinceMs, nowMs)) return 0
    return Math.max(0, this.#maxSpan - (sent - donePrefix))
  }
}
