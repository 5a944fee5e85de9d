import type { Logger } from '../../logger'
import type { Cluster } from '../cluster/cluster'
import { BrokerError } from '../cluster/error-codes'
import { endsMembership } from '../cluster/error-actions'
import { describeGroup, leaveGroup } from './group-requests'
import { isStaleClientId } from '../client-id'

/**
 * Removes stale members of the same node from its group. A killed process leaves a member that keeps its
 * shards until the session times out: two minutes with SLS's settings. Other refusals only cost that time.
 *
 * @throws BrokerError if the service refuses the group's coordinator, because a join would fail as well
 */
export async function evictStaleMembers(
  cluster: Cluster,
  { group, clientId, logger }: { group: string; clientId: string; logger: Logger },
): Promise<void> {
  try {
    const { members } = await cluster.sendToCoordinator(group, describeGroup(group))
    const stale = members.filter((member) => isStaleClientId(member.clientId, clientId))
    for (const { memberId, clientId: staleId } of stale) {
      await cluster.sendToCoordinator(group, leaveGroup({ group, memberId }))
      logger.debug(`took ${staleId} out of group ${group}: its process has ended`)
    }
  } catch (error) {
    const isOfGroup = error instanceof BrokerError && error.api === 'FindCoordinator'
    if (isOfGroup && endsMembership(error)) throw error
    logger.debug(`could not look for stale members of group ${group}: ${String(error)}`)
  }
}
