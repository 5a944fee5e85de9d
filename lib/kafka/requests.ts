import { kafkaRequest, partitionsOf, type KafkaRequest, type RawTopics } from './request'
import type { RawResponse, Response } from './request'

export type { KafkaRequest, Response } from './request'

/** In the place of a time: the first offset that is kept. */
export const EARLIEST = -2
/** In the place of a time: the offset after the last record. */
export const LATEST = -1

/** Records of open transactions as well; SLS has none. */
const READ_UNCOMMITTED = 0

export interface BrokerAddress {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export interface ShardMetadata {
  readonly shard: number
  readonly errorCode: number
  /** Node id of the broker that serves the shard; -1 for none. */
  readonly leader: number
}

export interface TopicMetadata {
  readonly name: string
  readonly errorCode: number
  readonly shards: readonly ShardMetadata[]
}

export interface MetadataResponse extends Response {
  readonly brokers: readonly BrokerAddress[]
  readonly topics: readonly TopicMetadata[]
}

interface RawMetadata extends RawResponse {
  readonly brokers: readonly { nodeId: number; host: string | null; port: number }[]
  readonly topicMetadata: readonly {
    topicErrorCode: number
    topic: string | null
    partitionMetadata: readonly {
      partitionErrorCode: number
      partitionId: number
      leader: number
    }[]
  }[]
}

/**
 * Asks for the brokers, and for the shards of logstores. A logstore that does not exist is not created.
 *
 * @param topics names of logstores; null for all
 */
export function metadata(topics: readonly string[] | null): KafkaRequest<MetadataResponse> {
  const fields = { topics: topics ?? [], allowAutoTopicCreation: false }
  const request = kafkaRequest('Metadata', fields, readMetadata)
  return {
    ...request,
    async encode(version) {
      const body = await request.encode(version)
      // kafkajs writes an empty list as null, which means all.
      if (topics?.length === 0) body.writeInt32BE(0, 0)
      return body
    },
  }
}

function readMetadata({
  brokers,
  topicMetadata,
}: RawMetadata): Omit<MetadataResponse, 'throttleMs'> {
  return {
    brokers: brokers.map(({ nodeId, host, port }) => ({ nodeId, host: host ?? '', port })),
    topics: topicMetadata.map(({ topic, topicErrorCode, partitionMetadata }) => ({
      name: topic ?? '',
      errorCode: topicErrorCode,
      shards: partitionMetadata.map(({ partitionId, partitionErrorCode, leader }) => ({
        shard: partitionId,
        errorCode: partitionErrorCode,
        leader,
      })),
    })),
  }
}

export interface ShardOffset {
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
  /** Of the whole response; 0 before version 2. */
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

export interface Committer {
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
  { memberId, generation }: Committer,
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
