import type { Cluster, GroupMember, GroupMemberAssignment, PartitionAssigner } from 'kafkajs'
import type { ClusterInternals } from './internals'
import { privateKafkaJS } from './hardening/private-kafkajs'

const NAME = 'range'
/** Of the subscription: the first one, which every client reads and which carries no owned shards. */
const VERSION = 0

/**
 * Kafka's standard `range` assignment, so that a group can be shared with other clients (the standard
 * name and metadata), and so that its members may read different logstores: each logstore is divided
 * among the members that subscribe to it. kafkajs's own gives everybody the leader's topics.
 *
 * @param onCluster is told the cluster of the consumer that this assigner is made for
 */
export function rangeAssigner(onCluster: (cluster: ClusterInternals) => void): PartitionAssigner {
  const { MemberMetadata, MemberAssignment } = privateKafkaJS().kafkajs.AssignerProtocol
  const userData = Buffer.alloc(0)

  return ({ cluster }: { cluster: Cluster }) => {
    const metadata = cluster as unknown as ClusterInternals
    onCluster(metadata)
    return {
      name: NAME,
      version: VERSION,
      protocol: ({ topics }) => ({
        name: NAME,
        metadata: MemberMetadata.encode({ version: VERSION, topics, userData }),
      }),
      assign: async ({ members }: { members: GroupMember[] }) => {
        const subscriptions = members.map(({ memberId, memberMetadata }) => ({
          memberId,
          topics: MemberMetadata.decode(memberMetadata)?.topics ?? [],
        }))
        const shards = await shardsByTopic(
          metadata,
          subscriptions.flatMap(({ topics }) => topics),
        )
        return assignRanges(subscriptions, shards).map(
          ({ memberId, assignment }): GroupMemberAssignment => ({
            memberId,
            memberAssignment: MemberAssignment.encode({ version: VERSION, assignment, userData }),
          }),
        )
      },
    }
  }
}

interface Subscription {
  readonly memberId: string
  readonly topics: readonly string[]
}

export function assignRanges(
  subscriptions: readonly Subscription[],
  shardsOf: ReadonlyMap<string, readonly number[]>,
): { memberId: string; assignment: Record<string, number[]> }[] {
  const assignments = new Map(
    subscriptions.map(({ memberId }): [string, Record<string, number[]>] => [memberId, {}]),
  )
  for (const [topic, shards] of shardsOf) {
    const members = subscriptions
      .filter(({ topics }) => topics.includes(topic))
      .map(({ memberId }) => memberId)
      .sort()
    let next = 0
    members.forEach((memberId, index) => {
      const extra = index < shards.length % members.length ? 1 : 0
      const end = next + Math.floor(shards.length / members.length) + extra
      const assignment = assignments.get(memberId)
      if (assignment) assignment[topic] = shards.slice(next, end)
      next = end
    })
  }
  return [...assignments].map(([memberId, assignment]) => ({ memberId, assignment }))
}

/** A logstore of another member that does not exist or may not be read must not stop the group. */
async function shardsByTopic(
  cluster: ClusterInternals,
  topics: readonly string[],
): Promise<Map<string, number[]>> {
  const shards = new Map<string, number[]>()
  for (const topic of new Set(topics)) {
    await cluster.addMultipleTargetTopics([topic]).catch(() => undefined)
    const partitions = cluster.findTopicPartitionMetadata(topic)
    shards.set(
      topic,
      partitions.map(({ partitionId }) => partitionId).sort((a, b) => a - b),
    )
  }
  return shards
}
