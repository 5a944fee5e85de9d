import type { Logger } from '../logger'
import type { Cluster } from './cluster'
import { BrokerError } from './error-codes'
import { endsMembership } from './failures'
import { describeGroup, leaveGroup } from './group-requests'
import { isFormerLife } from './incarnation'

/**
 * Takes stale members of this very consumer out of its group. A process that was killed leaves a member
 * behind that holds its shards until its session times out: two minutes with SLS's settings. Where the
 * service refuses, that time is lost and nothing else.
 *
 * @throws BrokerError if the coordinator is refused for good: to join would ask for it again
 */
export async function evictStaleMembers(
  cluster: Cluster,
  { group, clientId, logger }: { group: string; clientId: string; logger: Logger },
): Promise<void> {
  try {
    const { members } = await cluster.sendToCoordinator(group, describeGroup(group))
    const stale = members.filter((member) => isFormerLife(member.clientId, clientId))
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
