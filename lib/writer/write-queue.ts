import type { WriteLimits } from '../config/writer-options'
import { WriteBatch, type BufferedLog } from './write-batch'

export interface WriteQueueOptions {
  readonly limits: WriteLimits
  /** Milliseconds that an open batch waits for more logs. */
  readonly lingerMs: number
  /** Logs of different topics keep their order. */
  readonly isStrict: boolean
}

/** Batches that wait to be sent, oldest first. A batch is open until it is full or sent. */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  #batches: WriteBatch[] = []
  /** The batch that takes more logs, by topic. */
  readonly #open = new Map<string, WriteBatch>()
  #isSealed = false

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  get batches(): readonly WriteBatch[] {
    return this.#batches
  }

  /** Logs of the oldest batch, 0 if there is none; null if it cannot grow. */
  get growing(): number | null {
    if (this.#isSealed) return null
    const [first] = this.#batches
    if (!first) return 0
    return first.isOpen && !this.#isFull(first) ? first.logs.length : null
  }

  /** @returns whether a batch is full now */
  add(log: BufferedLog): boolean {
    const before = this.#open.get(log.topic)
    const batch = this.#openBatch(log)
    batch.add(log)
    return this.#isFull(batch) || (before !== undefined && before !== batch)
  }

  /** No batch waits for more logs from now on. */
  seal(): void {
    this.#isSealed = true
  }

  /** Milliseconds until the first batch can be sent; Infinity if there is none. */
  dueInMs(nowMs: number): number {
    const { isStrict } = this.#options
    const candidates = isStrict ? this.#batches.slice(0, 1) : this.#batches
    return candidates.reduce(
      (least, batch) => Math.min(least, this.#waitMs(batch, nowMs)),
      Infinity,
    )
  }

  /**
   * Takes batches of one topic that are due, oldest first.
   *
   * @param most batches, at least 1
   */
  take(most: number, maxBytes: number, nowMs: number): readonly WriteBatch[] {
    const taken: WriteBatch[] = []
    let bytes = 0
    for (const batch of this.#batches) {
      const isFit = taken.length === 0 || bytes + batch.bytes <= maxBytes
      const isDue = this.#waitMs(batch, nowMs) === 0
      const isOfTopic = batch.topic === (taken[0]?.topic ?? batch.topic)
      if (isDue && isOfTopic && isFit) {
        taken.push(batch)
        bytes += batch.bytes
      } else if (this.#options.isStrict) break
      if (taken.length === most) break
    }
    for (const batch of taken) this.#close(batch)
    const isTaken = new Set(taken)
    this.#batches = this.#batches.filter((batch) => !isTaken.has(batch))
    return taken
  }

  /** Of the first `most` batches, the oldest that cannot grow and is not encoded; null if there is none. */
  nextToEncode(most: number, maxBytes: number): WriteBatch | null {
    let bytes = 0
    for (const batch of this.#batches.slice(0, most)) {
      bytes += batch.bytes
      if (bytes > maxBytes || (batch.isOpen && !this.#isFull(batch))) return null
      if (!batch.isEncoded) return batch
    }
    return null
  }

  /** Puts batches back before all others: their logs are the oldest. */
  putBack(batches: readonly WriteBatch[]): void {
    this.#batches = [...batches, ...this.#batches]
  }

  /** Removes the logs for which the test is true, and returns them. */
  remove(test: (log: BufferedLog) => boolean): readonly BufferedLog[] {
    const removed = this.#batches.flatMap((batch) => batch.remove(test))
    for (const batch of this.#batches) if (batch.logs.length === 0) this.#close(batch)
    this.#batches = this.#batches.filter(({ logs }) => logs.length > 0)
    return removed
  }

  #openBatch(log: BufferedLog): WriteBatch {
    const { limits, isStrict } = this.#options
    const open = this.#open.get(log.topic)
    if (open?.hasRoom(log, limits)) return open
    if (open) this.#close(open)
    if (isStrict) for (const other of this.#open.values()) this.#close(other)
    const batch = new WriteBatch(log.topic)
    this.#batches.push(batch)
    this.#open.set(log.topic, batch)
    return batch
  }

  #close(batch: WriteBatch): void {
    batch.seal()
    if (this.#open.get(batch.topic) === batch) this.#open.delete(batch.topic)
  }

  #waitMs(batch: WriteBatch, nowMs: number): number {
    if (!batch.isOpen || this.#isFull(batch) || this.#isSealed) return 0
    return Math.max(0, batch.addedMs + this.#options.lingerMs - nowMs)
  }

  #isFull({ logs, bytes }: WriteBatch): boolean {
    const { limits } = this.#options
    return logs.length >= limits.records || bytes >= limits.bytes
  }
}
