import type { Cluster } from '../cluster/cluster'
import { decodeSubscription, encodeAssignment, encodeSubscription } from './group-protocol'
import type { JoinGroupResponse, SyncGroupFields } from './group-requests'
import { assignRanges } from './range-assignor'
import type { ShardDirectory } from '../cluster/shard-directory'

/** The leader's work: it assigns the shards of every logstore that its group reads. */
export class GroupAssignor {
  readonly #logstore: string
  readonly #cluster: Cluster
  readonly #directory: ShardDirectory
  /** The input of the last assignment. */
  #shards: ReadonlyMap<string, readonly number[]> = new Map()

  constructor(logstore: string, cluster: Cluster, directory: ShardDirectory) {
    this.#logstore = logstore
    this.#cluster = cluster
    this.#directory = directory
  }

  /** The metadata of a member in JoinGroup. */
  subscription(logstore: string): Buffer {
    return encodeSubscription([logstore])
  }

  /**
   * @param members of the group; one whose subscription cannot be read gets nothing
   * @throws why no broker could be asked for the shards
   */
  async assign(members: JoinGroupResponse['members']): Promise<SyncGroupFields['assignments']> {
    const subscriptions = members.map(({ memberId, metadata }) => ({
      memberId,
      topics: decodeSubscription(metadata) ?? [],
    }))
    const topics = new Set(subscriptions.flatMap((subscription) => subscription.topics))
    this.#shards = await this.#shardsOf(topics)
    return assignRanges(subscriptions, this.#shards).map(({ memberId, assignment }) => ({
      memberId,
      assignment: encodeAssignment(new Map(Object.entries(assignment))),
    }))
  }

  /** Whether a logstore has a shard that the last assignment did not know. */
  async hasNewShards(): Promise<boolean> {
    const current = await this.#shardsOf(new Set(this.#shards.keys()))
    return [...current].some(([topic, shards]) => {
      const known = new Set(this.#shards.get(topic))
      return shards.some((shard) => !known.has(shard))
    })
  }

  /** A logstore of another member that does not exist or may not be read has no shards. */
  async #shardsOf(topics: ReadonlySet<string>): Promise<Map<string, readonly number[]>> {
    await this.#directory.ensureFresh()
    const shards = new Map<string, readonly number[]>()
    if (topics.has(this.#logstore)) shards.set(this.#logstore, this.#directory.shards)
    const others = [...topics].filter((topic) => topic !== this.#logstore)
    if (others.length === 0) return shards
    const response = await this.#cluster.metadata(others)
    for (const topic of response.topics) {
      const ids = topic.shards.map(({ shard }) => shard).sort((one, other) => one - other)
      shards.set(topic.name, ids)
    }
    return shards
  }
}
