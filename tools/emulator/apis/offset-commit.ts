import { ErrorCode } from '../protocol/error-codes'
import { versions, type Api } from './api'
import { findShard, mapPartitions, readTopic, writeTopics, type Topic } from './topics'

interface PartitionCommit {
  readonly partition: number
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string | null
}

interface Request {
  readonly groupId: string
  readonly generation: number
  readonly memberId: string
  readonly topics: readonly Topic<PartitionCommit>[]
}

interface PartitionResult {
  readonly partition: number
  readonly error: ErrorCode
}

interface Response {
  readonly topics: readonly Topic<PartitionResult>[]
}

const UNKNOWN_LEADER_EPOCH = -1
/** Apache Kafka's default for `offset.metadata.max.bytes`. */
const MAX_METADATA_BYTES = 4096

/** Version 0 stored offsets in ZooKeeper and not in a group; no client of today sends it. */
export const offsetCommit: Api<Request, Response> = {
  key: 8,
  name: 'OffsetCommit',
  versions: versions(1, 6),

  decode(reader, version) {
    const groupId = reader.string()
    const generation = reader.int32()
    const memberId = reader.string()
    if (version >= 2 && version <= 4) reader.int64() // retention_time
    const readPartition = (): PartitionCommit => {
      const partition = reader.int32()
      const offset = reader.int64()
      const leaderEpoch = version >= 6 ? reader.int32() : UNKNOWN_LEADER_EPOCH
      if (version === 1) reader.int64() // timestamp
      return { partition, offset, leaderEpoch, metadata: reader.nullableString() }
    }
    const topics = reader.array(() => readTopic(reader, readPartition))
    return { groupId, generation, memberId, topics }
  },

  handle({ groupId, generation, memberId, topics }, context) {
    const checked = mapPartitions(topics, (topic, commit) => {
      const shard = findShard(context, topic, commit.partition)
      const isNegative = commit.offset < 0n && context.switches.current.refusesNegativeCommits
      const isTooLong = Buffer.byteLength(commit.metadata ?? '') > MAX_METADATA_BYTES
      if (typeof shard === 'number') return { ...commit, error: shard }
      if (isNegative) return { ...commit, error: ErrorCode.INVALID_COMMIT_OFFSET_SIZE }
      return { ...commit, error: isTooLong ? ErrorCode.OFFSET_METADATA_TOO_LARGE : ErrorCode.NONE }
    })
    const accepted = checked.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ error }) => error === ErrorCode.NONE)
        .map((commit) => ({ ...commit, logstore: name, shard: commit.partition })),
    )
    const groupError = context.groups.commit({
      groupId,
      generation,
      memberId,
      partitions: accepted,
    })
    return {
      topics: mapPartitions(checked, (_topic, { partition, error }) => ({
        partition,
        error: error === ErrorCode.NONE ? groupError : error,
      })),
    }
  },

  encode(writer, { topics }, version, throttleMs) {
    if (version >= 3) writer.int32(throttleMs)
    writeTopics(writer, topics, ({ partition, error }) => {
      writer.int32(partition).int16(error)
    })
  },
}
