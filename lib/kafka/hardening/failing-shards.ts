import type { BatchInternals } from '../internals'
import { failureOf, findingsOf } from './fetched-records'
import { membershipHooksOf } from './membership-hooks'

/**
 * The other half of shard-errors.ts: a shard that fails is left alone for a while and the others are
 * read on. kafkajs would fetch it again at once, would join the group again for a leader that has moved,
 * over and over while it stays so, or would stop for good. Joining again helps nobody: new shards are
 * noticed by themselves.
 */
interface ConsumerGroupInternals {
  readonly cluster: { refreshMetadata(): Promise<void> }
  joinAndSync(): Promise<void>
  fetch(nodeId: string): Promise<BatchInternals[]>
  getActiveTopicPartitions(): Record<string, Set<number>>
  recoverFromFetch(error: unknown): Promise<void>
  recoverFromOffsetOutOfRange(error: { topic: string; partition: number }): Promise<void>
  seek(position: { topic: string; partition: number; offset: string }): void
}

interface ProtocolError extends Error {
  readonly type?: string
}

/** Milliseconds; doubled with each failure in a row. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 30_000

/** Of the whole logstore, whichever shard they are told for. */
const OF_ALL_SHARDS = new Set(['TOPIC_AUTHORIZATION_FAILED', 'INVALID_TOPIC_EXCEPTION'])

/** The list of shards and leaders is out of date. */
const STALE_METADATA = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
])

interface Pause {
  readonly length: number
  readonly until: number
}

export const file = 'src/consumer/consumerGroup.js'
export const methods = [
  'joinAndSync',
  'fetch',
  'getActiveTopicPartitions',
  'recoverFromFetch',
  'recoverFromOffsetOutOfRange',
  'seek',
]

export function rewrite(original: unknown): unknown {
  const ConsumerGroup = original as new (...args: unknown[]) => ConsumerGroupInternals

  return class PatientConsumerGroup extends ConsumerGroup {
    /** By topic and shard. */
    readonly #pauses = new Map<string, Pause>()

    /** A shard that cannot be read is tried again when shards are assigned. */
    override async joinAndSync(): Promise<void> {
      this.#pauses.clear()
      await super.joinAndSync()
    }

    /** Where it failed is left behind. */
    override seek(position: { topic: string; partition: number; offset: string }): void {
      this.#pauses.delete(keyOf(position))
      super.seek(position)
    }

    override getActiveTopicPartitions(): Record<string, Set<number>> {
      const active = super.getActiveTopicPartitions()
      const now = Date.now()
      for (const [topic, partitions] of Object.entries(active)) {
        for (const partition of partitions) {
          const pause = this.#pauses.get(keyOf({ topic, partition }))
          if (pause && pause.until > now) partitions.delete(partition)
        }
      }
      return active
    }

    override async fetch(nodeId: string): Promise<BatchInternals[]> {
      const batches = await super.fetch(nodeId)
      const readable: BatchInternals[] = []
      for (const batch of batches) {
        const failure = failureOf(batch.rawMessages)
        const unreadable = findingsOf(batch.rawMessages)?.unreadable
        if (failure)
          await this.#failed(batch, failure).catch((error: unknown) => this.recoverFromFetch(error))
        // What precedes an unreadable batch is read first; the next fetch begins with it.
        else if (unreadable && batch.rawMessages.length === 0) this.#giveUp(batch, unreadable)
        else {
          if (this.#pauses.delete(keyOf(batch))) this.#tryOthers()
          readable.push(batch)
        }
      }
      return readable
    }

    async #failed(batch: BatchInternals, error: ProtocolError): Promise<void> {
      const type = error.type ?? ''
      if (OF_ALL_SHARDS.has(type)) throw error
      const last = this.#pauses.get(keyOf(batch))?.length ?? FIRST_PAUSE / 2
      const length = Math.min(LONGEST_PAUSE, 2 * last)
      this.#pauses.set(keyOf(batch), { length, until: Date.now() + length })
      if (type === 'OFFSET_OUT_OF_RANGE') {
        await this.recoverFromOffsetOutOfRange({ topic: batch.topic, partition: batch.partition })
        return
      }
      this.#tell(batch.partition, error, false)
      if (STALE_METADATA.has(type)) await this.cluster.refreshMetadata()
    }

    /** A shard is read again: what made it fail is likely to be over for others as well. */
    #tryOthers(): void {
      for (const [key, { length, until }] of this.#pauses) {
        if (until !== Infinity) this.#pauses.set(key, { length, until: 0 })
      }
    }

    #giveUp(batch: BatchInternals, error: Error): void {
      this.#pauses.set(keyOf(batch), { length: LONGEST_PAUSE, until: Infinity })
      this.#tell(batch.partition, error, true)
    }

    #tell(shard: number, error: Error, isGivenUp: boolean): void {
      membershipHooksOf(this.cluster)?.onShardFailed(shard, error, isGivenUp)
    }
  }
}

function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`
}
