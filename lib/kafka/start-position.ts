import type { StartFrom } from '../options/consumer-options'
import { timeOf } from '../options/time'
import { NOBODY, type KafkaSession } from './session'

/** The group got a member in the meantime, and with it somebody who has set the positions. */
const SOMEBODY_WAS_FIRST = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
])

/**
 * Sets where a new group begins, once and before joining. Members then always read from the beginning
 * of what has no committed offset, so that the shards that a split creates later lose nothing; and of two
 * processes that start a new group at the same time the second cannot move the positions from which the
 * first one reads already, because the service takes this commit only while nobody is a member.
 *
 * A group that has any committed offset is left alone: a committed offset always wins. A span such as an
 * hour ago is counted back from here.
 */
export async function setStartPosition(
  session: KafkaSession,
  group: string,
  startFrom: StartFrom,
): Promise<void> {
  if (startFrom === 'earliest') return
  if ((await session.committed(group)).size > 0) return
  const offsets =
    startFrom === 'latest'
      ? await session.endOffsets()
      : await session.offsetsAt(timeOf(startFrom.time, Date.now()))
  if (offsets.size === 0) return
  try {
    await session.commit(group, offsets, NOBODY)
  } catch (error) {
    if (!SOMEBODY_WAS_FIRST.has((error as { type?: string }).type ?? '')) throw error
  }
}
