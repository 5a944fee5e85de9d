import { refusalOf } from '../faults/refusal'
import { ErrorCode } from '../protocol/error-codes'
import type { Reader } from '../protocol/reader'
import type { Writer } from '../protocol/writer'
import type { Logstore } from '../store/logstore'
import type { Shard } from '../store/shard'
import type { RequestContext } from './api'

/** Many requests and answers are lists of topics with something for each partition. */
export interface Topic<Partition> {
  readonly name: string
  readonly partitions: readonly Partition[]
}

export function readTopic<Partition>(
  reader: Reader,
  readPartition: () => Partition,
): Topic<Partition> {
  return { name: reader.string(), partitions: reader.array(readPartition) }
}

export function writeTopics<Partition>(
  writer: Writer,
  topics: readonly Topic<Partition>[],
  writePartition: (partition: Partition) => void,
): void {
  writer.array(topics, ({ name, partitions }) => {
    writer.string(name).array(partitions, writePartition)
  })
}

export function mapPartitions<From, To>(
  topics: readonly Topic<From>[],
  map: (topic: string, partition: From) => To,
): Topic<To>[] {
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => map(name, partition)),
  }))
}

/** Producers may say `<logstore>.json`: the top level of each value then becomes fields. */
export const JSON_SUFFIX = '.json'

/** The logstore that a topic name stands for, or why there is none. */
export function findLogstore(
  { project, sasl, refusals }: RequestContext,
  topic: string,
): Logstore | ErrorCode {
  if (!sasl.isAuthorized) return ErrorCode.TOPIC_AUTHORIZATION_FAILED
  const name = topic.endsWith(JSON_SUFFIX) ? topic.slice(0, -JSON_SUFFIX.length) : topic
  const refusal = refusalOf(refusals, { logstore: name })
  if (refusal !== ErrorCode.NONE) return refusal
  return project.logstore(name) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}

/** The shard that is meant, or why it cannot be used. */
export function findShard(
  context: RequestContext,
  topic: string,
  partition: number,
): Shard | ErrorCode {
  const logstore = findLogstore(context, topic)
  if (typeof logstore === 'number') return logstore
  const refusal = refusalOf(context.refusals, { logstore: logstore.name, shard: partition })
  if (refusal !== ErrorCode.NONE) return refusal
  return logstore.shards[partition] ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}
