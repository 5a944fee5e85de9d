import { isAborted } from '../abort'
import type { StartFrom } from '../config/consumer-options'
import { timeOf } from '../config/time'
import type { Clock } from '../clock'
import type { Cluster } from './cluster'
import { BrokerError } from './error-codes'
import { endsMembership } from './failures'
import {
  NO_MEMBER,
  commitOffsets,
  fetchCommittedOffsets,
  listEnds,
  listOffsetsAt,
  type ShardOffsets,
} from './offsets'
import { reactionTo } from './reactions'
import { Retries } from './retries'
import type { ShardDirectory } from './shard-directory'
import { wait } from '../wait'

export interface FirstPositionContext {
  readonly cluster: Cluster
  readonly directory: ShardDirectory
  readonly group: string
  readonly logstore: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Commits for shards that the service refuses; with the back-off some 7 s. */
const COMMIT_ATTEMPTS = 5

/** The group has members: one of them has set the positions. */
const GROUP_IS_IN_USE: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
])

/**
 * Commits where a new group begins, once and before joining. Members then read from the beginning of every
 * shard without a committed offset, so that the shards that a split creates later lose nothing. Of two
 * processes that start a new group at the same time, the second cannot move the positions of the first,
 * because the service takes this commit only while the group has no member.
 *
 * A group with any committed offset is left alone. A time such as an hour ago counts back from this call.
 *
 * @throws BrokerError for a shard that the service refuses now and may give later: without its position
 * the group would read all that the shard keeps
 */
export async function commitFirstPosition(
  context: FirstPositionContext,
  startFrom: StartFrom,
): Promise<void> {
  if (startFrom === 'earliest') return
  const { cluster, directory, group, logstore, clock } = context
  const committed = await fetchCommittedOffsets(cluster, group, logstore, directory.shards)
  throwFirst(committed.refused.values())
  if (committed.offsets.size > 0) return
  const found =
    startFrom === 'latest'
      ? await listEnds(cluster, directory, logstore)
      : await listOffsetsAt(cluster, directory, logstore, timeOf(startFrom.time, clock.now()))
  throwFirst(whatMayComeBack(found))
  await commit(context, found.offsets)
}

/**
 * Like `commitFirstPosition`, and tries again while the service refuses for the moment, until the signal
 * aborts.
 *
 * @param onTrouble is told why an attempt failed
 * @throws what another attempt would not change, or why a connection broke
 */
export async function setFirstPosition(
  context: FirstPositionContext,
  startFrom: StartFrom,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { cluster, directory, group, clock, signal } = context
  const retries = new Retries()
  while (!isAborted(signal)) {
    try {
      await commitFirstPosition(context, startFrom)
      return
    } catch (error) {
      if (!(error instanceof BrokerError) || endsMembership(error)) throw error
      onTrouble(error)
      cluster.forgetCoordinator(group)
      await wait(clock, retries.failed(), signal)
      await directory.ensureFresh()
    }
  }
}

/** Shards that do not exist any more leave holes in the list, which the service refuses for good. */
function whatMayComeBack({ refused }: ShardOffsets): BrokerError[] {
  return [...refused.values()].filter(
    ({ api, errorCode }) => reactionTo(api, errorCode) !== 'absent',
  )
}

async function commit(
  { cluster, group, logstore, clock, signal }: FirstPositionContext,
  offsets: ReadonlyMap<number, bigint>,
): Promise<void> {
  const retries = new Retries()
  let left = offsets
  while (left.size > 0) {
    const refused = await commitOffsets(cluster, group, NO_MEMBER, logstore, left)
    if ([...refused.values()].some(({ type }) => GROUP_IS_IN_USE.has(type))) return
    left = new Map([...left].filter(([shard]) => refused.has(shard)))
    if (left.size === 0) return
    if (retries.failures + 1 >= COMMIT_ATTEMPTS) throwFirst(refused.values())
    await wait(clock, retries.failed(), signal)
    signal.throwIfAborted()
  }
}

function throwFirst(errors: Iterable<BrokerError>): void {
  for (const error of errors) throw error
}
