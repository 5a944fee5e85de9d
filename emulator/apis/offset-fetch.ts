import { ErrorCode } from '../protocol/error-codes'
import type { CommittedOffset } from '../groups/committed-offsets'
import { NO_THROTTLE_MS, versions, type Api } from './api'
import { mapPartitions, readTopic, writeTopics, type Topic } from './topics'

interface Request {
  readonly groupId: string
  /** `null`: all that the group has committed. */
  readonly topics: readonly Topic<number>[] | null
}

interface PartitionOffset extends CommittedOffset {
  readonly partition: number
  readonly error: ErrorCode
}

interface Response {
  readonly topics: readonly Topic<PartitionOffset>[]
}

const NOTHING_COMMITTED: CommittedOffset = { offset: -1n, leaderEpoch: -1, metadata: '' }

/** Version 0 asked ZooKeeper and not the group; no client of today sends it. */
export const offsetFetch: Api<Request, Response> = {
  key: 9,
  name: 'OffsetFetch',
  versions: versions(1, 5),

  decode(reader) {
    const groupId = reader.string()
    const topics = reader.nullableArray(() => readTopic(reader, () => reader.int32()))
    return { groupId, topics }
  },

  handle({ groupId, topics }, { groups, sasl }) {
    const offsets = groups.committedOffsets(groupId)
    const error = sasl.isAuthorized ? ErrorCode.NONE : ErrorCode.TOPIC_AUTHORIZATION_FAILED
    return {
      topics: mapPartitions(topics ?? allTopics(offsets?.all() ?? []), (topic, partition) => ({
        partition,
        error,
        ...((sasl.isAuthorized ? offsets?.get(topic, partition) : undefined) ?? NOTHING_COMMITTED),
      })),
    }
  },

  encode(writer, { topics }, version) {
    if (version >= 3) writer.int32(NO_THROTTLE_MS)
    writeTopics(writer, topics, ({ partition, offset, leaderEpoch, metadata, error }) => {
      writer.int32(partition).int64(offset)
      if (version >= 5) writer.int32(leaderEpoch)
      writer.nullableString(metadata).int16(error)
    })
    if (version >= 2) writer.int16(ErrorCode.NONE)
  },
}

function allTopics(committed: readonly { logstore: string; shard: number }[]): Topic<number>[] {
  const names = new Set(committed.map(({ logstore }) => logstore))
  return [...names].map((name) => ({
    name,
    partitions: committed.filter(({ logstore }) => logstore === name).map(({ shard }) => shard),
  }))
}
