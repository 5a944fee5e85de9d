import type { Broker } from './brokers'
import { kafkaRequest, type KafkaRequest, type RawResponse, type Response } from '../request'

interface ShardMetadata {
  readonly shard: number
  readonly errorCode: number
  /** Node id of the broker that serves the shard; -1 for none. */
  readonly leader: number
}

interface TopicMetadata {
  readonly name: string
  readonly errorCode: number
  readonly shards: readonly ShardMetadata[]
}

export interface MetadataResponse extends Response {
  readonly brokers: readonly Broker[]
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

export interface TopicConfigResponse extends Response {
  readonly errorCode: number
  /** Values by the name of the entry; null for one that the service does not show. */
  readonly entries: ReadonlyMap<string, string | null>
}

interface RawConfigs extends RawResponse {
  readonly resources: readonly {
    readonly errorCode: number
    readonly resourceName: string | null
    readonly configEntries: readonly {
      readonly configName: string | null
      readonly configValue: string | null
    }[]
  }[]
}

/** The type of resource that a topic is; the protocol guide calls it TOPIC. */
const TOPIC = 2

/** Asks for entries of the configuration of a topic, by their names. */
export function describeTopicConfig(
  topic: string,
  names: readonly string[],
): KafkaRequest<TopicConfigResponse> {
  const resources = [{ type: TOPIC, name: topic, configNames: names }]
  return kafkaRequest('DescribeConfigs', { resources }, (raw: RawConfigs) => {
    const found = raw.resources.find(({ resourceName }) => resourceName === topic)
    if (!found) throw new Error('the configuration of another topic')
    const entries = found.configEntries.map(
      ({ configName, configValue }): [string, string | null] => [configName ?? '', configValue],
    )
    return { errorCode: found.errorCode, entries: new Map(entries) }
  })
}
