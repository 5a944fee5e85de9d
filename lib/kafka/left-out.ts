import type { Cluster } from './cluster'
import { decodeAssignment } from './group-protocol'
import { describeGroup } from './group-requests'

/** Whether a shard of the logstore is assigned to any member; null while the group is not stable. */
export async function isLogstoreRead(
  cluster: Cluster,
  group: string,
  logstore: string,
): Promise<boolean | null> {
  const { state, members } = await cluster.sendToCoordinator(group, describeGroup(group))
  if (state !== 'Stable') return null
  return members.some(({ assignment }) => {
    const shards = decodeAssignment(assignment).get(logstore)
    return shards !== undefined && shards.length > 0
  })
}
