import { systemClock } from '../lib/clock'
import type { KafkaAdmin } from '../lib/kafka/admin'
import { codeOf } from './answers'
import type { CommittedOffset, Facts, GroupFacts, KnownGroup } from './report'
import { timeOf } from './sample'

/** SLS allows 15 for a logstore; the list may hold those of a whole project. */
const MOST_GROUPS = 50

const NEXT_RECORD = { wait: 250, bytes: 4 * 1_048_576, bytesPerShard: 65_536 }

/** Which of these groups have committed for the logstore. Joins none of them. */
export async function groupsOfLogstore(
  session: KafkaAdmin,
  names: readonly string[],
): Promise<Facts['groups']> {
  const groups: KnownGroup[] = []
  const looked = names.slice(0, MOST_GROUPS)
  for (const group of looked) {
    const committed = await session.committed(group)
    if (committed.size === 0) continue
    const description = await session.describe(group).catch(() => null)
    const { state = null, members = [] } = description ?? {}
    groups.push({ group, state, members: members.length, shards: committed.size })
  }
  const others = looked.length - groups.length
  return { groups, others, left: names.length - looked.length }
}

/** Who is in a group, and how far it has come. Looks only, and joins it not. */
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

/** Offsets say nothing of an age: the first record behind them does. */
async function committedOffsets(
  session: KafkaAdmin,
  committed: ReadonlyMap<number, bigint>,
): Promise<CommittedOffset[]> {
  if (committed.size === 0) return []
  const answers = await session.fetch(committed, NEXT_RECORD)
  return [...committed]
    .sort(([one], [other]) => one - other)
    .map(([shard, offset]) => {
      const { records = [], failure = null } = answers.find((one) => one.shard === shard) ?? {}
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
