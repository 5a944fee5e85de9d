import {
  kafkaRequest,
  partitionsOf,
  type KafkaRequest,
  type RawTopics,
  type Response,
} from '../request'

/** A special time in ListOffsets: the first offset that is kept. */
export const EARLIEST = -2
/** A special time in ListOffsets: the offset after the last record. */
export const LATEST = -1

/** Records of open transactions as well; SLS has none. */
const READ_UNCOMMITTED = 0

interface ShardOffset {
  readonly shard: number
  readonly errorCode: number
  /** Negative: none. */
  readonly offset: bigint
}

export interface ListOffsetsResponse extends Response {
  readonly shards: readonly ShardOffset[]
}

interface RawOffset {
  readonly partition: number
  readonly errorCode: number
  readonly offset: string
}

/**
 * Asks where a time is in each shard.
 *
 * @param time unix ms, `EARLIEST` or `LATEST`
 */
export function listOffsets(
  logstore: string,
  shards: readonly number[],
  time: number,
): KafkaRequest<ListOffsetsResponse> {
  const timestamp = BigInt(Math.trunc(time))
  const partitions = shards.map((partition) => ({ partition, timestamp }))
  const topics = [{ topic: logstore, partitions }]
  return kafkaRequest(
    'ListOffsets',
    { isolationLevel: READ_UNCOMMITTED, topics },
    (raw: RawTopics<RawOffset>) => ({ shards: partitionsOf(raw, logstore).map(shardOffset) }),
  )
}

export interface OffsetFetchResponse extends Response {
  /** Error code of the whole response; 0 before version 2. */
  readonly errorCode: number
  readonly shards: readonly ShardOffset[]
}

/** Asks which offsets a group has committed. */
export function offsetFetch(
  group: string,
  logstore: string,
  shards: readonly number[],
): KafkaRequest<OffsetFetchResponse> {
  const partitions = shards.map((partition) => ({ partition }))
  return kafkaRequest(
    'OffsetFetch',
    { groupId: group, topics: [{ topic: logstore, partitions }] },
    (raw: RawTopics<RawOffset> & { errorCode?: number }) => ({
      errorCode: raw.errorCode ?? 0,
      shards: partitionsOf(raw, logstore).map(shardOffset),
    }),
  )
}

function shardOffset({ partition, errorCode, offset }: RawOffset): ShardOffset {
  return { shard: partition, errorCode, offset: BigInt(offset) }
}

/** A member in a generation of its group. */
export interface MemberGeneration {
  /** Empty for a commit outside the group. */
  readonly memberId: string
  /** -1 for a commit outside the group. */
  readonly generation: number
}

export interface OffsetCommitResponse extends Response {
  readonly shards: readonly { readonly shard: number; readonly errorCode: number }[]
}

/** Commits offsets of a group. @param offsets next offset to read, by shard */
export function offsetCommit(
  group: string,
  { memberId, generation }: MemberGeneration,
  logstore: string,
  offsets: ReadonlyMap<number, bigint>,
): KafkaRequest<OffsetCommitResponse> {
  const partitions = Array.from(offsets, ([partition, offset]) => ({ partition, offset }))
  const topics = [{ topic: logstore, partitions }]
  return kafkaRequest(
    'OffsetCommit',
    { groupId: group, groupGenerationId: generation, memberId, topics },
    (raw: RawTopics<Omit<RawOffset, 'offset'>>) => ({
      shards: partitionsOf(raw, logstore).map(({ partition, errorCode }) => ({
        shard: partition,
        errorCode,
      })),
    }),
  )
}
