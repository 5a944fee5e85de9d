import type { Logger } from '../logger'
import type { ConsumerOptions } from '../options/consumer-options'
import { clientConfig, traceLog } from './client-config'
import { METADATA_MAX_AGE } from './constants'
import type { Dialer } from './dialer'
import { privateKafkaJS } from './hardening/private-kafkajs'
import type { BrokerInternals, ClusterInternals, GroupMember } from './internals'
import { topicOffsets, type TopicOffsets } from './topic-offsets'

export interface SessionOptions {
  readonly consumer: Pick<ConsumerOptions, 'project' | 'logstore'>
  readonly clientId: string
  readonly dialer: Dialer
  readonly logger: Logger
}

/** Who commits: a member in a generation of its group. */
export interface Committer {
  readonly memberId: string
  readonly generation: number
}

export const NOBODY: Committer = { memberId: '', generation: -1 }

/**
 * Single requests outside of any group membership: look, and set a position for a group that is not
 * running. Nothing is retried; an error says at once what is wrong.
 */
export class KafkaSession {
  readonly #cluster: ClusterInternals
  readonly #logstore: string

  /** Connects, logs in and looks the logstore up. */
  static async open(options: SessionOptions): Promise<KafkaSession> {
    const session = new KafkaSession(options)
    try {
      await session.login()
      await session.findLogstore()
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  constructor({ consumer, clientId, dialer, logger }: SessionOptions) {
    const { Cluster, createLogger, kafkajs } = privateKafkaJS()
    this.#logstore = consumer.logstore
    this.#cluster = new Cluster({
      ...clientConfig(consumer.project, clientId, dialer),
      retry: { retries: 0 },
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MAX_AGE,
      logger: createLogger({ level: kafkajs.logLevel.INFO, logCreator: traceLog(logger) }),
    })
  }

  /** Connects and presents the AccessKey. */
  async login(): Promise<void> {
    await this.#cluster.connect()
  }

  /** Asks for the logstore. @returns the ids of its shards, ascending */
  async findLogstore(): Promise<number[]> {
    await this.#cluster.addMultipleTargetTopics([this.#logstore])
    return this.shards()
  }

  /** Ids of the logstore's shards, ascending; known once it was found. */
  shards(): number[] {
    return this.#cluster
      .findTopicPartitionMetadata(this.#logstore)
      .map(({ partitionId }) => partitionId)
      .sort((a, b) => a - b)
  }

  /** Offsets that the group has committed; a shard without one is absent. */
  async committed(group: string): Promise<Map<number, bigint>> {
    const coordinator = await this.#coordinator(group)
    const partitions = this.shards().map((partition) => ({ partition }))
    const { responses } = await coordinator.offsetFetch({
      groupId: group,
      topics: [{ topic: this.#logstore, partitions }],
    })
    return offsetsOf(responses.flatMap((topic) => topic.partitions))
  }

  /** The offset that the next record of each shard will get. Shards that cannot be asked are absent. */
  async endOffsets(): Promise<Map<number, bigint>> {
    const shards = this.shards()
    // One refused shard fails a whole request. An expired shard leaves a hole that may be refused.
    return this.#listEnds(shards).catch(async () => {
      const single = await Promise.all(
        shards.map((shard) => this.#listEnds([shard]).catch(() => new Map<number, bigint>())),
      )
      return new Map(single.flatMap((offsets) => [...offsets]))
    })
  }

  /**
   * One commit on behalf of somebody. The service checks member id and generation; `NOBODY` is taken
   * only while the group has no member, and is what Kafka's own tool for resetting offsets sends.
   */
  async commit(
    group: string,
    offsets: ReadonlyMap<number, bigint>,
    committer: Committer,
  ): Promise<void> {
    const coordinator = await this.#coordinator(group)
    await coordinator.offsetCommit({
      groupId: group,
      groupGenerationId: committer.generation,
      memberId: committer.memberId,
      topics: [topicOffsets(this.#logstore, offsets)],
    })
  }

  /** Members of the group in whatever state, also those that are still joining. */
  async members(group: string): Promise<GroupMember[]> {
    const coordinator = await this.#coordinator(group)
    const { groups } = await coordinator.describeGroups({ groupIds: [group] })
    return groups.flatMap((description) => description.members)
  }

  /** Takes a member out of its group; the service asks for the member id only. */
  async leave(group: string, memberId: string): Promise<void> {
    const coordinator = await this.#coordinator(group)
    await coordinator.leaveGroup({ groupId: group, memberId })
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
  }

  #coordinator(group: string): Promise<BrokerInternals> {
    return this.#cluster.findGroupCoordinator({ groupId: group })
  }

  async #listEnds(shards: readonly number[]): Promise<Map<number, bigint>> {
    const partitions = shards.map((partition) => ({ partition }))
    const answer = await this.#cluster.fetchTopicsOffset([
      { topic: this.#logstore, partitions, fromBeginning: false },
    ])
    return offsetsOf(answer.flatMap((topic) => topic.partitions))
  }
}

/** A negative offset means that there is none. */
function offsetsOf(partitions: TopicOffsets['partitions']): Map<number, bigint> {
  return new Map(
    partitions
      .map(({ partition, offset }): [number, bigint] => [partition, BigInt(offset)])
      .filter(([, offset]) => offset >= 0n),
  )
}
