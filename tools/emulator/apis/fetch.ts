import { ErrorCode } from '../protocol/error-codes'
import type { Shard } from '../store/shard'
import { appendTo } from '../store/append-wait'
import { versions, type Api, type RequestContext } from './api'
import { findShard, findView, mapPartitions, readTopic, writeTopics, type Topic } from './topics'

interface PartitionRequest {
  readonly partition: number
  readonly offset: bigint
  readonly maxBytes: number
}

interface Request {
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly isReadCommitted: boolean
  readonly sessionId: number
  readonly topics: readonly Topic<PartitionRequest>[]
}

interface PartitionResult {
  readonly partition: number
  readonly error: ErrorCode
  readonly highWatermark: bigint
  readonly earliestOffset: bigint
  readonly batches: readonly Buffer[]
}

interface Response {
  readonly error: ErrorCode
  readonly isReadCommitted: boolean
  /** How many are listed for each shard. */
  readonly abortedTransactions: number
  readonly topics: readonly Topic<PartitionResult>[]
}

/** "No fetch session": the client then names all its partitions in every request. */
const NO_SESSION = 0
const UNKNOWN_OFFSET = -1n
const NULL_ARRAY = -1
/** Of the aborted transactions that are listed on request. */
const PRODUCER_ID = 7n

/** Versions below 4 carry the record formats of before Kafka 0.11. */
export const fetch: Api<Request, Response> = {
  key: 1,
  name: 'Fetch',
  versions: versions(4, 10),

  decode(reader, version) {
    reader.int32() // replica_id
    const maxWaitMs = reader.int32()
    const minBytes = reader.int32()
    const maxBytes = reader.int32()
    const isReadCommitted = reader.int8() === 1
    const sessionId = version >= 7 ? reader.int32() : NO_SESSION
    if (version >= 7) reader.int32() // session_epoch
    const readPartition = (): PartitionRequest => {
      const partition = reader.int32()
      if (version >= 9) reader.int32() // current_leader_epoch
      const offset = reader.int64()
      if (version >= 5) reader.int64() // log_start_offset of a follower
      return { partition, offset, maxBytes: reader.int32() }
    }
    // The topics forgotten by a fetch session follow from version 7 on: there are no sessions.
    const topics = reader.array(() => readTopic(reader, readPartition))
    return { maxWaitMs, minBytes, maxBytes, isReadCommitted, sessionId, topics }
  },

  async handle(request, context) {
    const { isReadCommitted, sessionId, maxWaitMs } = request
    const { abortedTransactions } = context.switches.current
    const base = { isReadCommitted, abortedTransactions }
    if (sessionId !== NO_SESSION) {
      return { ...base, error: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, topics: [] }
    }
    const deadline = Date.now() + maxWaitMs
    let topics = read(request, context)
    while (!isEnough(topics, request.minBytes)) {
      const waitMs = deadline - Date.now()
      const hasNews =
        waitMs > 0 && (await appendTo(shardsOf(request, context), waitMs, context.closed))
      if (!hasNews) break
      topics = read(request, context)
    }
    return { ...base, error: ErrorCode.NONE, topics }
  },

  errsByShard: true,

  /** Versions below 7 have no error of the response, so every shard has it there. */
  refuse({ isReadCommitted, topics }, error) {
    const refused = mapPartitions(topics, (_topic, { partition }) => failed(partition, error))
    return { error, isReadCommitted, abortedTransactions: 0, topics: refused }
  },

  encode(writer, { error, isReadCommitted, abortedTransactions, topics }, version, throttleMs) {
    writer.int32(throttleMs)
    if (version >= 7) writer.int16(error).int32(NO_SESSION)
    // As with the errors of fetch sessions: an error of the response comes without any shard.
    const told = version >= 7 && error !== ErrorCode.NONE ? [] : topics
    writeTopics(writer, told, (result) => {
      writer.int32(result.partition).int16(result.error).int64(result.highWatermark)
      writer.int64(result.highWatermark) // last_stable_offset
      if (version >= 5) writer.int64(result.earliestOffset)
      writer.int32(abortedTransactions > 0 || isReadCommitted ? abortedTransactions : NULL_ARRAY)
      for (let left = abortedTransactions; left > 0; left -= 1) {
        writer.int64(PRODUCER_ID).int64(result.earliestOffset)
      }
      writer.int32(byteLength(result.batches))
      for (const batch of result.batches) writer.raw(batch)
    })
  },
}

function read(request: Request, context: RequestContext): Topic<PartitionResult>[] {
  let bytesLeft = request.maxBytes
  let needsOne = true
  return mapPartitions(request.topics, (topic, { partition, offset, maxBytes }) => {
    const shard = findShard(context, topic, partition)
    if (typeof shard === 'number') return failed(partition, shard)
    if (!context.leaders.isLeader(shard, context.switches.current.nodes)) {
      return failed(partition, ErrorCode.NOT_LEADER_FOR_PARTITION)
    }
    if (!shard.isInRange(offset)) return failed(partition, ErrorCode.OFFSET_OUT_OF_RANGE)

    const view = findView(context, topic)
    const batches = shard.read(
      offset,
      Math.min(maxBytes, bytesLeft),
      needsOne,
      view && ((stored, isNewest) => view.serve(stored, isNewest)),
    )
    bytesLeft -= byteLength(batches)
    if (batches.length > 0) needsOne = false
    const { highWatermark, earliestOffset } = shard
    return { partition, error: ErrorCode.NONE, highWatermark, earliestOffset, batches }
  })
}

/** An error ends the wait at once, because the client must react. */
function isEnough(topics: readonly Topic<PartitionResult>[], minBytes: number): boolean {
  const results = topics.flatMap(({ partitions }) => partitions)
  const bytes = results.reduce((sum, { batches }) => sum + byteLength(batches), 0)
  return bytes >= minBytes || results.some(({ error }) => error !== ErrorCode.NONE)
}

function shardsOf({ topics }: Request, context: RequestContext): Shard[] {
  return topics
    .flatMap(({ name, partitions }) =>
      partitions.map(({ partition }) => findShard(context, name, partition)),
    )
    .filter((shard) => typeof shard !== 'number')
}

function failed(partition: number, error: ErrorCode): PartitionResult {
  const unknown = { highWatermark: UNKNOWN_OFFSET, earliestOffset: UNKNOWN_OFFSET }
  return { partition, error, ...unknown, batches: [] }
}

function byteLength(batches: readonly Buffer[]): number {
  return batches.reduce((sum, { length }) => sum + length, 0)
}
