import { maxOf } from '../numbers'
import { InterruptedRecords } from './interrupted-records'

/** How long a response without records proves that nothing waits to be read. */
const PROOF_LASTS_MS = 30_000

/** A record timestamp further ahead of the wall clock is ignored. */
const LARGEST_CLOCK_ERROR_MS = 60_000

/** The part of an in-flight window that the delay needs. */
export interface UndoneRecords {
  /** When the oldest record that is not done was first sent, monotonic; null if all are done. */
  readonly oldestSentAtMs: number | null
}

/**
 * How far one shard is behind, as time. Offsets cannot show that, because they jump (sls.aliyun.com, "Kafka
 * consumption"). The delay outlives a membership, because an unread shard falls behind. Record timestamps are
 * compared with the wall clock of the machine; everything else is monotonic.
 */
export class ShardDelay {
  /** Records that were in flight when a membership ended. */
  readonly interrupted = new InterruptedRecords()
  readonly #assignedAtMs: number
  #undone: UndoneRecords | null = null
  /** Timestamp of the newest record sent, ms since 1970. */
  #timestamp: number | null = null
  /** When a response without records came, monotonic; null if the last one had records or proves nothing. */
  #emptyAtMs: number | null = null
  /** Monotonic time until which all existing records were sent; null if unknown. */
  #caughtUpAtMs: number | null = null

  constructor(assignedAtMs: number) {
    this.#assignedAtMs = assignedAtMs
  }

  /** Begins an assignment, which reads from the committed offset. @param undone null with `commit: onSend` */
  begin(undone: UndoneRecords | null): void {
    this.#undone = undone
    this.#emptyAtMs = null
  }

  /**
   * Notes a record that was sent for the first time.
   *
   * @param timestamp of the record, ms since 1970; ignored if it is impossible
   * @param wallTime ms since 1970
   */
  sent(timestamp: number, wallTime: number): void {
    if (isUsable(timestamp, wallTime)) this.#timestamp = timestamp
  }

  /** Notes a response that had no records, did not move the position, and was not cut by a limit. */
  empty(nowMs: number): void {
    this.#emptyAtMs = nowMs
  }

  /** Notes a response that does not prove that all records were read. */
  notEmpty(): void {
    this.#emptyAtMs = null
  }

  /** Notes that all fetched records were sent. */
  allSent(): void {
    if (this.#emptyAtMs === null) return
    this.#caughtUpAtMs = this.#emptyAtMs
    // Another member has done the records that were not read again.
    this.interrupted.clear()
  }

  isCaughtUp(nowMs: number): boolean {
    const atMs = this.#emptyAtMs
    return atMs !== null && atMs === this.#caughtUpAtMs && nowMs - atMs <= PROOF_LASTS_MS
  }

  /** The delay in milliseconds. @param wallTime ms since 1970, compared with record timestamps */
  delay(nowMs: number, wallTime: number): number {
    const sentAtMs = [this.#undone?.oldestSentAtMs ?? null, this.interrupted.oldestSentAtMs]
    const undone = sentAtMs.map((atMs) => (atMs === null ? 0 : nowMs - atMs))
    return maxOf(undone, Math.max(0, this.#unread(nowMs, wallTime)))
  }

  /** Upper bound of the time between the newest record sent and the end of the shard. */
  #unread(nowMs: number, wallTime: number): number {
    if (this.isCaughtUp(nowMs)) return 0
    const newest = this.#timestamp
    const sinceNewest = newest !== null && isUsable(newest, wallTime) ? wallTime - newest : Infinity
    const sinceEnd = this.#caughtUpAtMs === null ? Infinity : nowMs - this.#caughtUpAtMs
    const age = Math.min(sinceNewest, sinceEnd)
    return age === Infinity ? nowMs - this.#assignedAtMs : age
  }
}

function isUsable(timestamp: number, wallTime: number): boolean {
  return timestamp > 0 && timestamp <= wallTime + LARGEST_CLOCK_ERROR_MS
}
