import { settledWithin } from '../bounded'
import type { MemberOptions } from './client-config'
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
  const session = new KafkaSession(options)
  await settledWithin(leave(session, options, beforeLeave), milliseconds)
  await session.close()
}

async function leave(
  session: KafkaSession,
  { consumer, clientId }: MemberOptions,
  beforeLeave: (session: KafkaSession) => Promise<void>,
): Promise<void> {
  await session.open()
  await beforeLeave(session)
  const members = await session.members(consumer.group)
  for (const member of members.filter((one) => one.clientId === clientId)) {
    await session.leave(consumer.group, member.memberId)
  }
}
