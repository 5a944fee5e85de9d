import { refusalOf } from '../faults/refusal'
import { ErrorCode } from '../protocol/error-codes'
import type { Reader } from '../protocol/reader'
import type { Writer } from '../protocol/writer'
import type { Logstore } from '../store/logstore'
import type { Shard } from '../store/shard'
import type { View } from '../store/view'
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
  const name = storeName(topic)
  const refusal = refusalOf(refusals, { logstore: name })
  if (refusal !== ErrorCode.NONE) return refusal
  return project.topic(name)?.logstore ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}

/** The filter through which a topic is read; undefined for a logstore itself. */
export function findView({ project }: RequestContext, topic: string): View | undefined {
  return project.topic(storeName(topic))?.view
}

/** The shard that is meant, or why it cannot be used. */
export function findShard(
  context: RequestContext,
  topic: string,
  partition: number,
): Shard | ErrorCode {
  const logstore = findLogstore(context, topic)
  if (typeof logstore === 'number') return logstore
  const refusal = refusalOf(context.refusals, { logstore: storeName(topic), shard: partition })
  if (refusal !== ErrorCode.NONE) return refusal
  return logstore.shards[partition] ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}

/** The name of a logstore or a virtual topic, without what a producer says of its format. */
export function storeName(topic: string): string {
  return topic.endsWith(JSON_SUFFIX) ? topic.slice(0, -JSON_SUFFIX.length) : topic
}
