import { ErrorCode } from '../protocol/error-codes'
import { decodeRecordBatches, RecordBatchError } from '../protocol/record-batch'
import type { Log } from '../store/log'
import { producedLog } from '../store/produced-log'
import type { Shard } from '../store/shard'
import { bytesOf, writeRefusal } from '../store/write-limits'
import { versions, type Api, type RequestContext } from './api'
import {
  findShard,
  findView,
  JSON_SUFFIX,
  mapPartitions,
  readTopic,
  writeTopics,
  type Topic,
} from './topics'

interface PartitionRecords {
  readonly partition: number
  readonly records: Buffer
}

interface Request {
  readonly acks: number
  readonly topics: readonly Topic<PartitionRecords>[]
}

interface PartitionResult {
  readonly partition: number
  readonly error: ErrorCode
  readonly baseOffset: bigint
  readonly earliestOffset: bigint
}

interface Response {
  readonly topics: readonly Topic<PartitionResult>[]
}

const UNKNOWN = -1n

/** Versions below 3 carry the record formats of before Kafka 0.11. */
export const produce: Api<Request, Response> = {
  key: 0,
  name: 'Produce',
  versions: versions(3, 7),

  decode(reader) {
    reader.nullableString() // transactional_id
    const acks = reader.int16()
    reader.int32() // timeout
    const readPartition = (): PartitionRecords => ({
      partition: reader.int32(),
      records: reader.bytes(),
    })
    return { acks, topics: reader.array(() => readTopic(reader, readPartition)) }
  },

  handle({ acks, topics }, context) {
    const results = mapPartitions(topics, (topic, { partition, records }) =>
      store(context, topic, partition, records),
    )
    return acks === 0 ? undefined : { topics: results }
  },

  encode(writer, { topics }, version, throttleMs) {
    writeTopics(writer, topics, ({ partition, error, baseOffset, earliestOffset }) => {
      writer.int32(partition).int16(error).int64(baseOffset)
      writer.int64(UNKNOWN) // log_append_time: records keep their own time
      if (version >= 5) writer.int64(earliestOffset)
    })
    writer.int32(throttleMs)
  },
}

/** Each batch becomes one log group. */
function store(
  context: RequestContext,
  topic: string,
  partition: number,
  records: Buffer,
): PartitionResult {
  const shard = findShard(context, topic, partition)
  if (typeof shard === 'number') return refused(partition, shard)
  // What SLS answers here is not known; this code makes producers report instead of trying forever.
  const isReadOnly = shard.isReadOnly || findView(context, topic) !== undefined
  if (isReadOnly) return refused(partition, ErrorCode.POLICY_VIOLATION)
  try {
    const isJson = topic.endsWith(JSON_SUFFIX)
    const groups = decodeRecordBatches(records).filter(({ length }) => length > 0)
    const logs = groups.map((group) => group.map((record) => producedLog(record, isJson)))
    const refusal = limitsRefuse(context, shard, logs.flat())
    if (refusal !== ErrorCode.NONE) return refused(partition, refusal)
    const offsets = logs.map((group) => shard.append(group, Date.now()))
    const { earliestOffset } = shard
    return { partition, error: ErrorCode.NONE, baseOffset: offsets[0] ?? UNKNOWN, earliestOffset }
  } catch (error) {
    if (error instanceof RecordBatchError) return refused(partition, error.code)
    throw error
  }
}

/** One bad log makes SLS refuse all that is written with it. */
function limitsRefuse(
  { switches }: RequestContext,
  { writeRate }: Shard,
  logs: readonly Log[],
): ErrorCode {
  const { writeLimits, shardBytesPerSecond: rate } = switches.current
  const refusal = writeLimits ? writeRefusal(logs, writeLimits, Date.now()) : ErrorCode.NONE
  if (refusal !== ErrorCode.NONE || rate === undefined) return refusal
  const bytes = logs.reduce((sum, log) => sum + bytesOf(log), 0)
  // How a Kafka client is told of the quota of a shard is not documented; this code makes it try again.
  const isTaken = writeRate.takes(bytes, rate, performance.now())
  return isTaken ? ErrorCode.NONE : ErrorCode.THROTTLING_QUOTA_EXCEEDED
}

function refused(partition: number, error: ErrorCode): PartitionResult {
  return { partition, error, baseOffset: UNKNOWN, earliestOffset: UNKNOWN }
}
