import { systemClock } from '../clock'
import type { KafkaAdmin } from '../kafka/admin'
import { codeOf } from './errors'
import type { CommittedOffset, Facts, GroupFacts, KnownGroup } from './report'
import { timeOf } from './sample'

/** Most groups that are examined. SLS allows 15 for a logstore, but a list can have the groups of a whole project. */
const MAX_GROUPS = 50

const NEXT_RECORD = { wait: 250, bytes: 4 * 1_048_576, bytesPerShard: 65_536 }

/** Finds the groups that have committed offsets for the logstore. Joins no group. */
export async function groupsOfLogstore(
  session: KafkaAdmin,
  names: readonly string[],
): Promise<Facts['groups']> {
  const groups: KnownGroup[] = []
  const examined = names.slice(0, MAX_GROUPS)
  for (const group of examined) {
    const committed = await session.committed(group)
    if (committed.size === 0) continue
    const description = await session.describe(group).catch(() => null)
    const { state = null, members = [] } = description ?? {}
    groups.push({ group, state, members: members.length, shards: committed.size })
  }
  const others = examined.length - groups.length
  return { groups, others, left: names.length - examined.length }
}

/** Describes the members and the committed offsets of a group. Does not join the group. */
export async function describeGroup(session: KafkaAdmin, group: string): Promise<GroupFacts> {
  const committed = await session.committed(group)
  const common = { group, committed: await committedOffsets(session, committed) }
  try {
    const { state, members } = await session.describe(group)
    const clientIds = members.map(({ clientId }) => clientId).sort()
    return { ...common, state, error: null, clientIds }
  } catch (error) {
    return { ...common, state: null, error: codeOf(error), clientIds: [] }
  }
}

/** Adds to each committed offset the time of the next record, because an offset alone shows no delay. */
async function committedOffsets(
  session: KafkaAdmin,
  committed: ReadonlyMap<number, bigint>,
): Promise<CommittedOffset[]> {
  if (committed.size === 0) return []
  const fetched = await session.fetch(committed, NEXT_RECORD)
  return [...committed]
    .sort(([one], [other]) => one - other)
    .map(([shard, offset]) => {
      const { records = [], failure = null } = fetched.find((one) => one.shard === shard) ?? {}
      const next = records.find((record) => BigInt(record.offset) >= offset)
      const time = next ? timeOf(next) : null
      return {
        shard,
        offset: String(offset),
        next: time === null ? null : new Date(time).toISOString(),
        behind: time === null ? null : Math.round((systemClock.now() - time) / 1000),
        error: failure ? codeOf(failure) : null,
      }
    })
}
