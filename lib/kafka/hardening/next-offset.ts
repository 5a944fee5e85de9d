import { findingsOf } from './fetched-records'

/**
 * kafkajs reads on after the last record that it got. Where the last offsets of a batch hold no record,
 * because they were filtered or compacted, it creeps on by one offset per fetch; where a whole batch
 * holds none, it fetches that batch for ever (tulios/kafkajs#562, #594, #1072). Offsets of SLS jump by
 * 2^17. A batch says itself where it ends.
 */
interface Batch {
  readonly fetchedOffset: string
  readonly rawMessages: readonly unknown[]
  isEmpty(): boolean
  isEmptyDueToFiltering(): boolean
  lastOffset(): string
}

export const file = 'src/consumer/batch.js'
export const methods = ['isEmpty', 'isEmptyDueToFiltering', 'lastOffset']

export function rewrite(original: unknown): unknown {
  const Batch = original as new (...args: unknown[]) => Batch

  return class ExactBatch extends Batch {
    override lastOffset(): string {
      const lastOffset = this.#lastOffset
      return lastOffset === null ? super.lastOffset() : String(lastOffset)
    }

    /** kafkajs moves on without asking anybody where this is so. */
    override isEmptyDueToFiltering(): boolean {
      const lastOffset = this.#lastOffset
      if (lastOffset === null) return super.isEmptyDueToFiltering()
      return this.isEmpty() && lastOffset >= BigInt(this.fetchedOffset)
    }

    get #lastOffset(): bigint | null {
      const lastOffset = findingsOf(this.rawMessages)?.lastOffset ?? null
      if (lastOffset === null) return null
      // Older batches alone, which a service may begin with: the position stays, and nothing is skipped.
      const before = BigInt(this.fetchedOffset) - 1n
      return lastOffset > before ? lastOffset : before
    }
  }
}
