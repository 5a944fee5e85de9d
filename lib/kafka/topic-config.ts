import { kafkaRequest, type KafkaRequest, type RawResponse, type Response } from './request'

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
