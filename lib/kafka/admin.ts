import { systemClock, type Clock } from '../clock'
import type { Logger } from '../logger'
import type { ConsumerOptions } from '../config/consumer-options'
import type { Broker } from './cluster/brokers'
import { Cluster } from './cluster/cluster'
import { FETCH_MIN_BYTES } from './constants'
import { BrokerError, LEADER_NOT_AVAILABLE } from './cluster/error-codes'
import { fetchShards } from './fetch/fetch-request'
import type { FetchedShardSet } from './fetch/fetch-response'
import { describeGroup, listGroups, type DescribeGroupResponse } from './group/group-requests'
import {
  commitOffsets,
  fetchCommittedOffsets,
  groupedBy,
  listBeginnings,
  listEnds,
  listOffsetsAt,
  listShardOffsets,
  type ShardOffsets,
} from './group/offsets'
import type { MemberGeneration } from './group/offset-requests'
import { errorAction } from './cluster/error-actions'
import { ShardDirectory } from './cluster/shard-directory'
import type { FetchedRecord } from './log-source'
import { describeTopicConfig } from './cluster/metadata-requests'

export interface AdminOptions {
  readonly consumer: Pick<ConsumerOptions, 'project' | 'logstore'>
  readonly clientId: string
  readonly logger: Logger
  readonly clock?: Clock
  /** A connection was refused or broke. */
  readonly onConnectionError?: (error: unknown) => void
}

export interface ListedLogstore {
  readonly name: string
  /** Number of shards, including expired ones, whose ids stay in the list. */
  readonly shards: number
}

export interface FetchLimits {
  /** Milliseconds that the service can wait for a first record. */
  readonly wait: number
  /** Bytes of the whole response; a single batch can be larger. */
  readonly bytes: number
  readonly bytesPerShard: number
}

/** The records of one shard in one fetch response. */
export interface FetchedShard {
  readonly shard: number
  readonly records: readonly FetchedRecord[]
  /** Offset at which the next fetch begins; null if nothing was read. */
  readonly next: bigint | null
  /** The end offset of the service. In SLS it is the start of the next log group, far beyond the last record. */
  readonly highWatermark: bigint
  /** Numbers of the codecs of the batches; 0 is none. */
  readonly codecs: ReadonlySet<number>
  /** Numbers of the formats of the batches: 2 since Kafka 0.11. */
  readonly formats: ReadonlySet<number>
  /** Why nothing, or nothing more, could be read. */
  readonly failure: Error | null
}

/** The configuration entry of a virtual topic that holds its SPL statement. */
const STATEMENT = 'query'

/**
 * Single requests outside of any group membership, for lookups, preview, connection test and doctor.
 * The client retries nothing, so that an error names its cause at once.
 */
export class KafkaAdmin {
  readonly #logstore: string
  readonly #cluster: Cluster
  readonly #directory: ShardDirectory
  readonly #closing = new AbortController()
  #versions: ReadonlyMap<number, { readonly least: number; readonly greatest: number }> = new Map()

  constructor({
    consumer,
    clientId,
    logger,
    clock = systemClock,
    onConnectionError,
  }: AdminOptions) {
    this.#logstore = consumer.logstore
    this.#cluster = new Cluster({ project: consumer.project, clientId, clock }, (event) => {
      if (event.type !== 'failed') return
      if (onConnectionError) onConnectionError(event.error)
      else logger.debug(`a connection for requests failed: ${String(event.error)}`)
    })
    const { signal } = this.#closing
    this.#directory = new ShardDirectory(this.#cluster, this.#logstore, clock, signal)
  }

  /** Connects to a broker and logs in with the AccessKey. */
  async login(): Promise<void> {
    const { versions } = await this.#cluster.connect()
    this.#versions = versions
  }

  /** Looks the logstore up. @returns the ids of its shards, ascending */
  findLogstore(): Promise<readonly number[]> {
    return this.#directory.find()
  }

  /** Ids of the logstore's shards, ascending; empty until the logstore was found. */
  shards(): readonly number[] {
    return this.#directory.shards
  }

  /** Offsets that the group has committed. A shard without one is absent. */
  async committed(group: string): Promise<ReadonlyMap<number, bigint>> {
    const { shards } = this.#directory
    const found = await fetchCommittedOffsets(this.#cluster, group, this.#logstore, shards)
    for (const error of found.refused.values()) throw error
    return found.offsets
  }

  /** The offset that the next record of each shard gets. A shard that the service refuses is absent. */
  async endOffsets(): Promise<ReadonlyMap<number, bigint>> {
    return known(await listEnds(this.#cluster, this.#directory, this.#logstore))
  }

  /** The offset of the oldest record of each shard. A shard that the service refuses is absent. */
  async earliestOffsets(): Promise<ReadonlyMap<number, bigint>> {
    return known(await listBeginnings(this.#cluster, this.#directory, this.#logstore))
  }

  /**
   * The offset of the first record that the service received at or after a time; SLS names the beginning of
   * the log group that holds it. A shard without one gives its end. A shard that the service refuses is
   * absent.
   *
   * @param time unix ms, not negative
   */
  async offsetsAt(time: number): Promise<ReadonlyMap<number, bigint>> {
    return known(await listOffsetsAt(this.#cluster, this.#directory, this.#logstore, time))
  }

  /** The offset of one shard at a time, null if it has none. @throws BrokerError */
  async offsetAt(shard: number, time: number): Promise<bigint | null> {
    const { offsets, refused } = await listShardOffsets(this.#cluster, this.#directory, {
      logstore: this.#logstore,
      shards: [shard],
      time,
    })
    for (const error of refused.values()) throw error
    return offsets.get(shard) ?? null
  }

  /** Sends one fetch outside of any group, and commits nothing. @param from offsets by shard */
  async fetch(from: ReadonlyMap<number, bigint>, limits: FetchLimits): Promise<FetchedShard[]> {
    const byLeader = groupedBy(from.keys(), (shard) => this.#leaderOf(shard))
    const answers = await Promise.all(
      [...byLeader].map(([broker, shards]) => this.#fetchFrom(broker, shards, from, limits)),
    )
    return answers.flat()
  }

  /** Sends one commit. The service checks member id and generation. @throws BrokerError of the first shard */
  async commit(
    group: string,
    offsets: ReadonlyMap<number, bigint>,
    committer: MemberGeneration,
  ): Promise<void> {
    const refused = await commitOffsets(this.#cluster, group, committer, this.#logstore, offsets)
    for (const error of refused.values()) throw error
  }

  /** State and members of a group; the state `Dead` is that of a group that does not exist. */
  async describe(group: string): Promise<DescribeGroupResponse> {
    const description = await this.#cluster.sendToCoordinator(group, describeGroup(group))
    if (description.errorCode !== 0) throw new BrokerError('DescribeGroups', description.errorCode)
    return description
  }

  /** Names of all groups that this AccessKey may list. */
  async groups(): Promise<readonly string[]> {
    const { errorCode, groups } = await this.#cluster.sendToAny(listGroups())
    if (errorCode !== 0) throw new BrokerError('ListGroups', errorCode)
    return groups
  }

  /**
   * The SPL statement that the service applies, where the logstore is a virtual topic: SLS keeps it as a
   * configuration entry (sls-doc, kafka-admin-tool). Null if the service names none.
   *
   * @throws BrokerError, or UnsupportedApiError where the service does not offer DescribeConfigs
   */
  async filterStatement(): Promise<string | null> {
    const request = describeTopicConfig(this.#logstore, [STATEMENT])
    const { errorCode, entries } = await this.#cluster.sendToAny(request)
    const action = errorAction('DescribeConfigs', errorCode)
    if (action !== 'ok' && action !== 'absent') {
      throw new BrokerError('DescribeConfigs', errorCode)
    }
    return entries.get(STATEMENT) ?? null
  }

  /** All logstores that this AccessKey may list. */
  async logstores(): Promise<ListedLogstore[]> {
    const { topics } = await this.#cluster.metadata(null)
    for (const { errorCode } of topics) {
      if (errorAction('Metadata', errorCode) === 'end') throw new BrokerError('Metadata', errorCode)
    }
    return topics.map(({ name, shards }) => ({ name, shards: shards.length }))
  }

  /** The brokers that the service tells its clients to connect to; known once a logstore was looked for. */
  brokers(): readonly Broker[] {
    return this.#cluster.brokers
  }

  /** The versions that the service says it speaks, by API key; known once logged in. */
  versions(): ReadonlyMap<number, { readonly least: number; readonly greatest: number }> {
    return this.#versions
  }

  /** Ends the connections, so that requests under way fail. Never rejects. */
  close(): Promise<void> {
    this.#closing.abort()
    this.#cluster.close()
    return Promise.resolve()
  }

  #leaderOf(shard: number): Broker {
    const leader = this.#directory.leaderOf(shard)
    if (!leader) throw new BrokerError('Metadata', LEADER_NOT_AVAILABLE)
    return leader
  }

  async #fetchFrom(
    broker: Broker,
    shards: readonly number[],
    from: ReadonlyMap<number, bigint>,
    { wait, bytes, bytesPerShard }: FetchLimits,
  ): Promise<FetchedShard[]> {
    const connection = await this.#cluster.connection(broker, 'fetch')
    const request = fetchShards({
      logstore: this.#logstore,
      maxWaitMs: wait,
      minBytes: FETCH_MIN_BYTES,
      maxBytes: bytes,
      shards: shards.map((shard) => ({
        shard,
        offset: from.get(shard) ?? 0n,
        maxBytes: bytesPerShard,
      })),
    })
    const response = await connection.send(request, wait)
    if (response.errorCode !== 0) throw new BrokerError('Fetch', response.errorCode)
    return response.shards.map(fetchedShard)
  }
}

/** @throws BrokerError where the service refused every shard */
function known({ offsets, refused }: ShardOffsets): ReadonlyMap<number, bigint> {
  if (offsets.size === 0) for (const error of refused.values()) throw error
  return offsets
}

function fetchedShard(set: FetchedShardSet): FetchedShard {
  const { shard, records, lastOffset, highWatermark, codecs, formats, errorCode, unreadable } = set
  return {
    shard,
    records: records.takeAll(),
    next: lastOffset === null ? null : lastOffset + 1n,
    highWatermark,
    codecs,
    formats,
    failure: errorCode === 0 ? unreadable : new BrokerError('Fetch', errorCode),
  }
}
