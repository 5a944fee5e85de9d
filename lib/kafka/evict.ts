import type { Logger } from '../logger'
import { isFormerLife } from './incarnation'
import type { KafkaSession } from './session'

/**
 * Takes former lives of this very consumer out of its group. A process that was killed leaves a member
 * behind that holds its shards, and any rebalance, until the session time-out: two minutes with SLS's
 * settings. A service that refuses costs that time and nothing else.
 */
export async function evictFormerLives(
  session: KafkaSession,
  group: string,
  clientId: string,
  logger: Logger,
): Promise<void> {
  try {
    const members = await session.members(group)
    for (const member of members.filter((one) => isFormerLife(one.clientId, clientId))) {
      await session.leave(group, member.memberId)
      logger.debug(`took ${member.clientId} out of group ${group}: its process has ended`)
    }
  } catch (error) {
    logger.debug(`could not look for former lives in group ${group}: ${String(error)}`)
  }
}
