import { largest } from '../largest'
import { InterruptedRecords } from './interrupted-records'

/** Milliseconds for which a response without records proves that nothing waits to be read. */
const PROOF_LASTS = 30_000

/** Milliseconds. The timestamp of a record that is further ahead of the clock is ignored. */
const LARGEST_CLOCK_ERROR = 60_000

/** What the delay uses of the records that were sent and are not done. */
export interface UndoneRecords {
  /** When the oldest record that is not done was first sent, monotonic; null if all are done. */
  readonly oldestSentAtMs: number | null
}

/**
 * How far one shard is behind, as time. Offsets cannot show that, because they jump (sls.aliyun.com, "Kafka
 * consumption"). The delay outlives the membership, because a shard that is not read falls behind. Record
 * timestamps are compared with the wall clock of the machine; everything else is monotonic.
 */
export class ShardDelay {
  /** What was in flight when a membership ended, and is sent again in the next one. */
  readonly interrupted = new InterruptedRecords()
  readonly #assignedAtMs: number
  #undone: UndoneRecords | null = null
  /** Timestamp of the newest record sent, ms since 1970. */
  #timestamp: number | null = null
  /** When a response without records came, monotonic; null if the last one had records or proves nothing. */
  #emptyAtMs: number | null = null
  /** Everything that existed at this moment was sent; monotonic. */
  #caughtUpAtMs: number | null = null

  constructor(assignedAtMs: number) {
    this.#assignedAtMs = assignedAtMs
  }

  /** Reading begins at the committed offset. @param undone null with `commit: onSend` */
  begin(undone: UndoneRecords | null): void {
    this.#undone = undone
    this.#emptyAtMs = null
  }

  /**
   * A record was sent for the first time.
   *
   * @param timestamp of the record, unix ms; one that cannot be is ignored
   * @param wallTime unix ms
   */
  sent(timestamp: number, wallTime: number): void {
    if (isUsable(timestamp, wallTime)) this.#timestamp = timestamp
  }

  /** A response had no records, did not move the position, and was not cut by a limit. */
  empty(nowMs: number): void {
    this.#emptyAtMs = nowMs
  }

  /** The last response had records, or does not prove that there are none. */
  notEmpty(): void {
    this.#emptyAtMs = null
  }

  /** Everything that was fetched has been sent. */
  drained(): void {
    if (this.#emptyAtMs === null) return
    this.#caughtUpAtMs = this.#emptyAtMs
    // Another member has done what was not read again.
    this.interrupted.clear()
  }

  isCaughtUp(nowMs: number): boolean {
    const atMs = this.#emptyAtMs
    return atMs !== null && atMs === this.#caughtUpAtMs && nowMs - atMs <= PROOF_LASTS
  }

  /** Milliseconds. @param wallTime unix ms, which the timestamps of records are compared with */
  delay(nowMs: number, wallTime: number): number {
    const sentAtMs = [this.#undone?.oldestSentAtMs ?? null, this.interrupted.oldestSentAtMs]
    const undone = sentAtMs.map((atMs) => (atMs === null ? 0 : nowMs - atMs))
    return largest(undone, Math.max(0, this.#unread(nowMs, wallTime)))
  }

  /** At most so much time lies between the end of the shard and what was sent of it. */
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
  return timestamp > 0 && timestamp <= wallTime + LARGEST_CLOCK_ERROR
}
