import { FETCH_MIN_BYTES } from './constants'
import { failureOf, findingsOf } from './hardening/fetched-records'
import type { ClusterInternals, FetchedPartition } from './internals'
import type { FetchedRecord } from './source'

export interface FetchLimits {
  /** Milliseconds that the service may wait for a first record. */
  readonly wait: number
  /** Bytes of the whole answer; one batch may be larger. */
  readonly bytes: number
  readonly bytesPerShard: number
}

/** What one fetch brought of one shard. */
export interface FetchedShard {
  readonly shard: number
  readonly records: readonly FetchedRecord[]
  /** Where the next fetch has to begin; null if nothing was read. */
  readonly next: bigint | null
  /** As the service tells it: for SLS the beginning of the next log group, far beyond the last record. */
  readonly highWatermark: bigint
  /** Numbers of the codecs of the batches; 0 is none. */
  readonly codecs: ReadonlySet<number>
  /** Numbers of the formats of the batches: 2 since Kafka 0.11. */
  readonly formats: ReadonlySet<number>
  /** Why nothing, or nothing more, could be read. */
  readonly failure: Error | null
}

/** Isolation level: records of open transactions as well; SLS has none. */
const READ_UNCOMMITTED = 0

/** One fetch, for nobody: it changes nothing for anybody. @param from offsets by shard */
export async function fetchOnce(
  cluster: ClusterInternals,
  logstore: string,
  from: ReadonlyMap<number, bigint>,
  limits: FetchLimits,
): Promise<FetchedShard[]> {
  const leaders = cluster.findLeaderForPartitions(logstore, [...from.keys()])
  const answers = await Promise.all(
    Object.entries(leaders).map(async ([nodeId, shards]) => {
      const broker = await cluster.findBroker({ nodeId })
      const partitions = shards.map((partition) => ({
        partition,
        fetchOffset: String(from.get(partition)),
        maxBytes: limits.bytesPerShard,
      }))
      const { responses } = await broker.fetch({
        maxWaitTime: limits.wait,
        minBytes: FETCH_MIN_BYTES,
        maxBytes: limits.bytes,
        isolationLevel: READ_UNCOMMITTED,
        topics: [{ topic: logstore, partitions }],
      })
      return responses.flatMap((topic) => topic.partitions)
    }),
  )
  return answers.flat().map(fetchedShard)
}

function fetchedShard({ partition, highWatermark, messages }: FetchedPartition): FetchedShard {
  const findings = findingsOf(messages)
  const last = findings?.lastOffset ?? null
  return {
    shard: partition,
    records: messages,
    next: last === null ? null : last + 1n,
    highWatermark: BigInt(highWatermark),
    codecs: findings?.codecs ?? new Set(),
    formats: findings?.formats ?? new Set(),
    failure: failureOf(messages) ?? findings?.unreadable ?? null,
  }
}
