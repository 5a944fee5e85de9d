import { largest } from '../largest'
import { InterruptedRecords } from './interrupted-records'

/** Milliseconds for which a response without records proves that nothing waits to be read. */
const PROOF_LASTS = 30_000

/** Milliseconds. A record that is further ahead of the clock tells no time that can be used. */
const LARGEST_CLOCK_ERROR = 60_000

/** Records that were sent and are not done, as far as the delay needs to know them. */
export interface UndoneRecords {
  /** When the oldest of them was sent for the first time, monotonic ms; null if there is none. */
  readonly oldestSentAt: number | null
}

/**
 * How far one shard is behind, as time. Offsets cannot tell, because they jump (sls.aliyun.com, "Kafka
 * consumption"). It outlives the membership: a shard that cannot be read is behind all the more. Record
 * timestamps are compared with the clock of the machine; everything else is monotonic.
 */
export class ShardDelay {
  /** What was in flight when a membership ended, and is sent again in the next one. */
  readonly interrupted = new InterruptedRecords()
  readonly #assignedAt: number
  #undone: UndoneRecords | null = null
  /** Of the newest record sent, unix ms. */
  #timestamp: number | null = null
  /** The last response was without records; null if it had some, or proves nothing. */
  #emptyAt: number | null = null
  /** Everything was sent that there was at this moment. */
  #caughtUpAt: number | null = null

  /** @param assignedAt monotonic ms, as all times below that are not called otherwise */
  constructor(assignedAt: number) {
    this.#assignedAt = assignedAt
  }

  /** Reading begins at what is committed. @param undone null where sending alone counts */
  begin(undone: UndoneRecords | null): void {
    this.#undone = undone
    this.#emptyAt = null
  }

  /**
   * A record was sent for the first time.
   *
   * @param timestamp of the record, unix ms; one that cannot be is ignored
   * @param now unix ms
   */
  sent(timestamp: number, now: number): void {
    if (isUsable(timestamp, now)) this.#timestamp = timestamp
  }

  /** A response had no records, did not move the position, and was not cut by a limit. */
  empty(now: number): void {
    this.#emptyAt = now
  }

  /** The last response had records, or does not prove that there are none. */
  notEmpty(): void {
    this.#emptyAt = null
  }

  /** Everything that was fetched has been sent. */
  drained(): void {
    if (this.#emptyAt === null) return
    this.#caughtUpAt = this.#emptyAt
    // What was not read again was done by somebody else.
    this.interrupted.clear()
  }

  isCaughtUp(monotonic: number): boolean {
    const at = this.#emptyAt
    return at !== null && at === this.#caughtUpAt && monotonic - at <= PROOF_LASTS
  }

  /** Milliseconds. @param now unix ms */
  delay(now: number, monotonic: number): number {
    const sentAt = [this.#undone?.oldestSentAt ?? null, this.interrupted.oldestSentAt]
    const undone = sentAt.map((at) => (at === null ? 0 : monotonic - at))
    return largest(undone, Math.max(0, this.#unread(now, monotonic)))
  }

  /** At most so much time lies between the end of the shard and what was sent of it. */
  #unread(now: number, monotonic: number): number {
    if (this.isCaughtUp(monotonic)) return 0
    const newest = this.#timestamp
    const sinceNewest = newest !== null && isUsable(newest, now) ? now - newest : Infinity
    const sinceEnd = this.#caughtUpAt === null ? Infinity : monotonic - this.#caughtUpAt
    const age = Math.min(sinceNewest, sinceEnd)
    return age === Infinity ? monotonic - this.#assignedAt : age
  }
}

function isUsable(timestamp: number, now: number): boolean {
  return timestamp > 0 && timestamp <= now + LARGEST_CLOCK_ERROR
}
