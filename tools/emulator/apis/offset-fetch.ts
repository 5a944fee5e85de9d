import { refusalOf } from '../faults/refusal'
import { ErrorCode } from '../protocol/error-codes'
import type { CommittedOffset } from '../groups/committed-offsets'
import { versions, type Api } from './api'
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
  /** The error of the group as a whole; in the response from version 2 on. */
  readonly error: ErrorCode
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

  handle({ groupId, topics }, { groups, sasl, refusals }) {
    const offsets = groups.committedOffsets(groupId)
    const asked = topics ?? allTopics(offsets?.all() ?? [])
    return {
      error: ErrorCode.NONE,
      topics: mapPartitions(asked, (logstore, partition) => {
        const error = sasl.isAuthorized
          ? refusalOf(refusals, { logstore, shard: partition })
          : ErrorCode.TOPIC_AUTHORIZATION_FAILED
        const committed = error === ErrorCode.NONE ? offsets?.get(logstore, partition) : undefined
        return { partition, error, ...(committed ?? NOTHING_COMMITTED) }
      }),
    }
  },

  /** Versions without an error of the group repeat it for each shard. */
  refuse({ topics }, error) {
    const failed = mapPartitions(topics ?? [], (_logstore, partition) => ({
      partition,
      error,
      ...NOTHING_COMMITTED,
    }))
    return { error, topics: failed }
  },

  encode(writer, { error: groupError, topics }, version, throttleMs) {
    if (version >= 3) writer.int32(throttleMs)
    writeTopics(writer, topics, ({ partition, offset, leaderEpoch, metadata, error }) => {
      writer.int32(partition).int64(offset)
      if (version >= 5) writer.int32(leaderEpoch)
      writer.nullableString(metadata).int16(error)
    })
    if (version >= 2) writer.int16(groupError)
  },
}

function allTopics(committed: readonly { logstore: string; shard: number }[]): Topic<number>[] {
  const names = new Set(committed.map(({ logstore }) => logstore))
  return [...names].map((name) => ({
    name,
    partitions: committed.filter(({ logstore }) => logstore === name).map(({ shard }) => shard),
  }))
}
