import { settledWithin } from '../bounded'
import type { MemberOptions } from './client-config'
import { REQUEST_TIMEOUT } from './constants'
import { Dialer } from './dialer'
import { KafkaSession } from './session'

/**
 * Takes the members with this client id out of the group, through a connection of its own.
 *
 * A member that is still joining can neither say that it leaves nor be heard, because its connection
 * waits for the join; and the service does not notice that such a connection was closed. It would stay
 * as a ghost and hold its shards for the session time-out, two minutes with SLS's settings.
 *
 * @param milliseconds at most, for all of it
 * @param beforeLeave the last that is done as a member, through the same connection
 */
export async function leaveByClientId(
  options: MemberOptions,
  milliseconds: number,
  beforeLeave: (session: KafkaSession) => Promise<void>,
): Promise<void> {
  const dialer = new Dialer({
    project: options.consumer.project,
    groupWait: REQUEST_TIMEOUT,
    onError: (error) => {
      options.logger.debug(`could not leave the group: ${String(error)}`)
    },
  })
  await settledWithin(leave(options, dialer, beforeLeave), milliseconds)
  dialer.close()
}

async function leave(
  options: MemberOptions,
  dialer: Dialer,
  beforeLeave: (session: KafkaSession) => Promise<void>,
): Promise<void> {
  const { group } = options.consumer
  const session = await KafkaSession.open({ ...options, dialer })
  await beforeLeave(session)
  const members = await session.members(group)
  for (const member of members.filter(({ clientId }) => clientId === options.clientId)) {
    await session.leave(group, member.memberId)
  }
  await session.close()
}
