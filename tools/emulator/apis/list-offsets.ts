import { ErrorCode } from '../protocol/error-codes'
import type { Shard } from '../store/shard'
import { LEADER_EPOCH, type Api } from './api'
import { findShard, mapPartitions, readTopic, writeTopics, type Topic } from './topics'

interface PartitionRequest {
  readonly partition: number
  readonly timestamp: bigint
}

interface Request {
  readonly topics: readonly Topic<PartitionRequest>[]
}

interface PartitionResult {
  readonly partition: number
  readonly error: ErrorCode
  readonly timestamp: bigint
  readonly offset: bigint
}

interface Response {
  readonly topics: readonly Topic<PartitionResult>[]
}

const EARLIEST = -2n
const LATEST = -1n
const UNKNOWN = -1n

/** Version 0 answers with lists of segment offsets, which SLS has not. */
export const listOffsets: Api<Request, Response> = {
  key: 2,
  name: 'ListOffsets',
  versions: { min: 1, max: { '2.1': 4, '2.2': 5 } },

  decode(reader, version) {
    reader.int32() // replica_id
    if (version >= 2) reader.int8() // isolation_level: there are no transactions
    const readPartition = (): PartitionRequest => {
      const partition = reader.int32()
      if (version >= 4) reader.int32() // current_leader_epoch
      return { partition, timestamp: reader.int64() }
    }
    return { topics: reader.array(() => readTopic(reader, readPartition)) }
  },

  handle({ topics }, context) {
    return {
      topics: mapPartitions(topics, (topic, { partition, timestamp }) => {
        const shard = findShard(context, topic, partition)
        return typeof shard === 'number'
          ? { partition, error: shard, timestamp: UNKNOWN, offset: UNKNOWN }
          : { partition, error: ErrorCode.NONE, ...lookUp(shard, timestamp) }
      }),
    }
  },

  encode(writer, { topics }, version, throttleMs) {
    if (version >= 2) writer.int32(throttleMs)
    writeTopics(writer, topics, ({ partition, error, timestamp, offset }) => {
      writer.int32(partition).int16(error).int64(timestamp).int64(offset)
      if (version >= 4) writer.int32(LEADER_EPOCH)
    })
  },
}

/** A time means the time of receipt, and the answer is the start of a log group: so does SLS's GetCursor. */
function lookUp(shard: Shard, timestamp: bigint): { timestamp: bigint; offset: bigint } {
  if (timestamp === EARLIEST) return { timestamp: UNKNOWN, offset: shard.earliestOffset }
  if (timestamp === LATEST) return { timestamp: UNKNOWN, offset: shard.highWatermark }
  const found = shard.offsetAtTime(Number(timestamp))
  if (!found) return { timestamp: UNKNOWN, offset: UNKNOWN }
  return { timestamp: BigInt(found.timestamp), offset: found.offset }
}
