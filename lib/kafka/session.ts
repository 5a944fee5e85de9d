import type { Logger } from '../logger'
import type { ConsumerOptions } from '../options/consumer-options'
import { clientConfig, traceLog } from './client-config'
import { METADATA_MAX_AGE, REQUEST_TIMEOUT } from './constants'
import { Dialer } from './dialer'
import { privateKafkaJS } from './hardening/private-kafkajs'
import type {
  AdvertisedBroker,
  ApiVersions,
  BrokerInternals,
  ClusterInternals,
  GroupDescription,
  GroupMember,
} from './internals'
import { EARLIEST, LATEST, listOffsets, listStrictly, offsetsOf } from './list-offsets'
import { fetchOnce, type FetchedShard, type FetchLimits } from './single-fetch'
import { topicOffsets } from './topic-offsets'

export interface SessionOptions {
  readonly consumer: Pick<ConsumerOptions, 'project' | 'logstore'>
  readonly clientId: string
  readonly logger: Logger
  /** Of whoever else uses the connections. Without one the session has its own, which end with it. */
  readonly dialer?: Dialer
  /** One of its own connections could not be made, or broke. */
  readonly onConnectionError?: (error: unknown) => void
}

/** Who commits: a member in a generation of its group. */
export interface Committer {
  readonly memberId: string
  readonly generation: number
}

export const NOBODY: Committer = { memberId: '', generation: -1 }

export interface ListedLogstore {
  readonly name: string
  /** How many it has or had: those that have expired leave their number behind. */
  readonly shards: number
}

/**
 * Single requests outside of any group membership: look, and set a position for a group that is not
 * running. Nothing is retried; an error says at once what is wrong.
 */
export class KafkaSession {
  readonly #cluster: ClusterInternals
  readonly #logstore: string
  readonly #ownDialer: Dialer | null

  /** One that is open. */
  static async open(options: SessionOptions): Promise<KafkaSession> {
    const session = new KafkaSession(options)
    try {
      await session.open()
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  constructor(options: SessionOptions) {
    const { consumer, clientId, logger } = options
    const { Cluster, createLogger, kafkajs } = privateKafkaJS()
    this.#logstore = consumer.logstore
    const dialer = options.dialer ?? dialerFor(options)
    this.#ownDialer = options.dialer ? null : dialer
    this.#cluster = new Cluster({
      ...clientConfig(consumer.project, clientId, dialer),
      retry: { retries: 0 },
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MAX_AGE,
      logger: createLogger({ level: kafkajs.logLevel.INFO, logCreator: traceLog(logger) }),
    })
  }

  /** Connects, logs in and looks the logstore up. */
  async open(): Promise<void> {
    await this.login()
    await this.findLogstore()
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
  endOffsets(): Promise<Map<number, bigint>> {
    return this.#list(LATEST)
  }

  /** The offset of the oldest record that each shard keeps. Shards that cannot be asked are absent. */
  earliestOffsets(): Promise<Map<number, bigint>> {
    return this.#list(EARLIEST)
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
    const ends = await this.#list(LATEST)
    return new Map([...ends, ...(await this.#list(time))])
  }

  /** The offset of one shard at a time, null if it has none. @throws what the service refused */
  async offsetAt(shard: number, time: number): Promise<bigint | null> {
    const found = await listStrictly(this.#cluster, this.#logstore, [shard], time)
    return found.get(shard) ?? null
  }

  /** One fetch, for nobody: it changes nothing for anybody. @param from offsets by shard */
  fetch(from: ReadonlyMap<number, bigint>, limits: FetchLimits): Promise<FetchedShard[]> {
    return fetchOnce(this.#cluster, this.#logstore, from, limits)
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

  /** Takes a member out of its group; the service asks for the member id only. */
  async leave(group: string, memberId: string): Promise<void> {
    const coordinator = await this.#coordinator(group)
    await coordinator.leaveGroup({ groupId: group, memberId })
  }

  /** Connections of its own are ended at once, and what is under way on them fails. Never rejects. */
  async close(): Promise<void> {
    this.#ownDialer?.close()
    await this.#cluster.disconnect().catch(() => undefined)
  }

  #anyBroker(): Promise<BrokerInternals> {
    const [first] = this.brokers()
    return this.#cluster.findBroker({ nodeId: String(first?.nodeId) })
  }

  #coordinator(group: string): Promise<BrokerInternals> {
    return this.#cluster.findGroupCoordinator({ groupId: group })
  }

  #list(time: number): Promise<Map<number, bigint>> {
    return listOffsets(this.#cluster, this.#logstore, this.shards(), time)
  }
}

function dialerFor({ consumer, logger, onConnectionError }: SessionOptions): Dialer {
  return new Dialer({
    project: consumer.project,
    groupWait: REQUEST_TIMEOUT,
    onError:
      onConnectionError ??
      ((error) => {
        logger.debug(`a connection for requests failed: ${String(error)}`)
      }),
  })
}
