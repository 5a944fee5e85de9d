import type { ClusterInternals } from './internals'
import type { TopicOffsets } from './topic-offsets'

/** In the place of a time. */
export const EARLIEST = -2
export const LATEST = -1

/**
 * Where a time is in each of the shards; those that the service does not tell of are absent.
 *
 * @param time unix ms, or one of the two ends
 */
export async function listOffsets(
  cluster: ClusterInternals,
  logstore: string,
  shards: readonly number[],
  time: number,
): Promise<Map<number, bigint>> {
  // One refused shard fails a whole request. An expired shard leaves a hole that may be refused.
  return listStrictly(cluster, logstore, shards, time).catch(async () => {
    const single = await Promise.all(
      shards.map((shard) => listStrictly(cluster, logstore, [shard], time).catch(noneIfRefused)),
    )
    return new Map(single.flatMap((offsets) => [...offsets]))
  })
}

/** The same in one request. @throws what the service refused, if it refused one of the shards */
export async function listStrictly(
  cluster: ClusterInternals,
  logstore: string,
  shards: readonly number[],
  time: number,
): Promise<Map<number, bigint>> {
  const partitions = shards.map((partition) => ({ partition }))
  const at = time === LATEST ? {} : { fromTimestamp: time }
  const answer = await cluster.fetchTopicsOffset([
    { topic: logstore, partitions, fromBeginning: false, ...at },
  ])
  return offsetsOf(answer.flatMap((topic) => topic.partitions))
}

/** A negative offset means that there is none. */
export function offsetsOf(partitions: TopicOffsets['partitions']): Map<number, bigint> {
  return new Map(
    partitions
      .map(({ partition, offset }): [number, bigint] => [partition, BigInt(offset)])
      .filter(([, offset]) => offset >= 0n),
  )
}

/**
 * Only where the service said so is there nothing to be had. After a broken connection there may be, and
 * a group that is set without it would read everything that is kept.
 */
function noneIfRefused(error: unknown): Map<number, bigint> {
  const { name } = error as Error
  if (name !== 'KafkaJSProtocolError' && name !== 'KafkaJSBrokerNotFound') throw error
  return new Map()
}
