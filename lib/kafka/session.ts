import type { Logger } from '../logger'
import type { ConsumerOptions } from '../options/consumer-options'
import { clientConfig, traceLog } from './client-config'
import { FETCH_MIN_BYTES, METADATA_MAX_AGE } from './constants'
import type { Dialer } from './dialer'
import { codecsOf, failureOf, findingsOf } from './hardening/fetched-records'
import { privateKafkaJS } from './hardening/private-kafkajs'
import type {
  AdvertisedBroker,
  ApiVersions,
  BrokerInternals,
  ClusterInternals,
  FetchedPartition,
  GroupDescription,
  GroupMember,
  RawRecord,
} from './internals'
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

export interface FetchLimits {
  /** Milliseconds that the service may wait for a first record. */
  readonly wait: number
  /** Bytes of the whole answer; one batch may be larger. */
  readonly bytes: number
  readonly bytesPerShard: number
}

/** What one fetch brought of one shard. */
export interface FetchedShard {
  readonly shard: number
  readonly records: readonly RawRecord[]
  /** Where the next fetch has to begin; null if nothing was read. */
  readonly next: bigint | null
  /** As the service tells it: for SLS the beginning of the next log group, far beyond the last record. */
  readonly highWatermark: bigint
  /** Numbers of the codecs of the batches; 0 is none. */
  readonly codecs: ReadonlySet<number>
  /** Why nothing, or nothing more, could be read. */
  readonly failure: Error | null
}

export interface ListedLogstore {
  readonly name: string
  /** How many it has or had: those that have expired leave their number behind. */
  readonly shards: number
}

/** In the place of a time. */
const EARLIEST = -2

/** Isolation level: records of open transactions as well; SLS has none. */
const READ_UNCOMMITTED = 0

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
    return this.#listAll()
  }

  /** The offset of the oldest record that each shard keeps. Shards that cannot be asked are absent. */
  earliestOffsets(): Promise<Map<number, bigint>> {
    return this.#listAll(EARLIEST)
  }

  /**
   * The offset of the first record that the service received at or after a time; SLS answers with the
   * start of the log group that holds it. A shard without one gives its end, as it was before the time
   * was asked for, so that what comes in between is not passed over. Shards that cannot be asked are
   * absent.
   *
   * @param time unix ms, not negative
   */
  async offsetsAt(time: number): Promise<Map<number, bigint>> {
    const ends = await this.#listAll()
    return new Map([...ends, ...(await this.#listAll(time))])
  }

  /** The offset of one shard at a time, null if it has none. @throws what the service refused */
  async offsetAt(shard: number, time: number): Promise<bigint | null> {
    return (await this.#list([shard], time)).get(shard) ?? null
  }

  /** One fetch, for nobody: it changes nothing for anybody. @param from offsets by shard */
  async fetch(from: ReadonlyMap<number, bigint>, limits: FetchLimits): Promise<FetchedShard[]> {
    const leaders = this.#cluster.findLeaderForPartitions(this.#logstore, [...from.keys()])
    const answers = await Promise.all(
      Object.entries(leaders).map(async ([nodeId, shards]) => {
        const broker = await this.#cluster.findBroker({ nodeId })
        const partitions = shards.map((partition) => ({
          partition,
          fetchOffset: String(from.get(partition)),
          maxBytes: limits.bytesPerShard,
        }))
        const { responses } = await broker.fetch({
          maxWaitTime: limits.wait,
          minBytes: FETCH_MIN_BYTES,
          maxBytes: limits.bytes,
          isolationLevel: READ_UNCOMMITTED,
          topics: [{ topic: this.#logstore, partitions }],
        })
        return responses.flatMap((topic) => topic.partitions)
      }),
    )
    return answers.flat().map(fetchedShard)
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
    return (await this.describe(group)).members
  }

  async describe(group: string): Promise<GroupDescription> {
    const coordinator = await this.#coordinator(group)
    const { groups } = await coordinator.describeGroups({ groupIds: [group] })
    return groups[0] ?? { groupId: group, state: 'Dead', members: [] }
  }

  /** Names of all groups that this AccessKey may list. */
  async groups(): Promise<string[]> {
    const broker = await this.#anyBroker()
    return (await broker.listGroups()).groups.map(({ groupId }) => groupId)
  }

  /** All logstores that this AccessKey may list; the session's own one need not have been found. */
  async logstores(): Promise<ListedLogstore[]> {
    // So that a broker is known where nothing was looked for yet.
    await this.#cluster.addMultipleTargetTopics([])
    const broker = await this.#anyBroker()
    const { topicMetadata } = await broker.metadata([])
    return topicMetadata.map(({ topic, partitionMetadata }) => {
      return { name: topic, shards: partitionMetadata.length }
    })
  }

  /** The hosts that the service tells its clients to connect to; known once a logstore was looked for. */
  brokers(): readonly AdvertisedBroker[] {
    return this.#cluster.brokerPool.metadata?.brokers ?? []
  }

  /** What the service says it speaks; known once logged in. */
  versions(): ApiVersions {
    return this.#cluster.brokerPool.versions ?? {}
  }

  /** What the group is at, in Kafka's words: `Stable`, `PreparingRebalance` and so on. */
  async groupState(group: string): Promise<string> {
    const coordinator = await this.#coordinator(group)
    const { groups } = await coordinator.describeGroups({ groupIds: [group] })
    return groups[0]?.state ?? ''
  }

  /** Takes a member out of its group; the service asks for the member id only. */
  async leave(group: string, memberId: string): Promise<void> {
    const coordinator = await this.#coordinator(group)
    await coordinator.leaveGroup({ groupId: group, memberId })
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
  }

  #anyBroker(): Promise<BrokerInternals> {
    const [first] = this.brokers()
    return this.#cluster.findBroker({ nodeId: String(first?.nodeId) })
  }

  #coordinator(group: string): Promise<BrokerInternals> {
    return this.#cluster.findGroupCoordinator({ groupId: group })
  }

  async #listAll(time?: number): Promise<Map<number, bigint>> {
    const shards = this.shards()
    // One refused shard fails a whole request. An expired shard leaves a hole that may be refused.
    return this.#list(shards, time).catch(async () => {
      const single = await Promise.all(
        shards.map((shard) => this.#list([shard], time).catch(noneIfRefused)),
      )
      return new Map(single.flatMap((offsets) => [...offsets]))
    })
  }

  /** @param time unix ms; without one the ends */
  async #list(shards: readonly number[], time?: number): Promise<Map<number, bigint>> {
    const partitions = shards.map((partition) => ({ partition }))
    const at = time === undefined ? {} : { fromTimestamp: time }
    const answer = await this.#cluster.fetchTopicsOffset([
      { topic: this.#logstore, partitions, fromBeginning: false, ...at },
    ])
    return offsetsOf(answer.flatMap((topic) => topic.partitions))
  }
}

/**
 * Only where the service said so is there nothing to be had. After a broken connection there may be, and
 * a group that is set without it would read everything that is kept.
 */
function noneIfRefused(error: unknown): Map<number, bigint> {
  const { name } = error as Error
  if (name !== 'KafkaJSProtocolError' && name !== 'KafkaJSBrokerNotFound') throw error
  return new Map()
}

/** A negative offset means that there is none. */
function offsetsOf(partitions: TopicOffsets['partitions']): Map<number, bigint> {
  return new Map(
    partitions
      .map(({ partition, offset }): [number, bigint] => [partition, BigInt(offset)])
      .filter(([, offset]) => offset >= 0n),
  )
}

function fetchedShard({ partition, highWatermark, messages }: FetchedPartition): FetchedShard {
  const findings = findingsOf(messages)
  const last = findings?.lastOffset ?? messages.at(-1)?.offset
  return {
    shard: partition,
    records: messages.filter(({ isControlRecord }) => !isControlRecord),
    next: last === undefined ? null : BigInt(last) + 1n,
    highWatermark: BigInt(highWatermark),
    codecs: codecsOf(messages),
    failure: failureOf(messages) ?? findings?.unreadable ?? null,
  }
}
