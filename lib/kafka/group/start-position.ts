import { isAborted, wait } from '../../async'
import type { StartFrom } from '../../config/consumer-options'
import { timeOf } from '../../config/time'
import type { Clock } from '../../clock'
import type { Cluster } from '../cluster/cluster'
import { BrokerError } from '../cluster/error-codes'
import { endsMembership, errorAction } from '../cluster/error-actions'
import {
  NO_MEMBER,
  commitOffsets,
  fetchCommittedOffsets,
  listEnds,
  listOffsetsAt,
  type ShardOffsets,
} from './offsets'
import { RetryBackoff } from '../../backoff'
import type { ShardDirectory } from '../cluster/shard-directory'

export interface StartPositionContext {
  readonly cluster: Cluster
  readonly directory: ShardDirectory
  readonly group: string
  readonly logstore: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Attempts to commit shards that the service refuses. With the backoff they take about 7 s. */
const COMMIT_ATTEMPTS = 5

/** Errors of a group that has members, one of which has set the positions. */
const GROUP_IS_IN_USE: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
])

/**
 * Commits the start position of a new group before the first join. Members read shards without a committed
 * offset from the beginning, so that shards of a later split lose nothing. The service accepts this commit
 * only while the group has no member, so a second process cannot move the positions.
 *
 * A group with any committed offset keeps its offsets. A relative time counts back from this call.
 *
 * @throws BrokerError for a shard that the service refuses for now, because without a position the group
 * would read the whole shard
 */
export async function commitStartPosition(
  context: StartPositionContext,
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
  throwFirst(temporaryRefusals(found))
  await commit(context, found.offsets)
}

/**
 * Commits the start position of a new group by `commitStartPosition`, and retries temporary refusals until
 * the signal aborts.
 *
 * @param onTrouble gets the error of each failed attempt
 * @throws an error that a retry cannot fix, or the error of a broken connection
 */
export async function ensureStartPosition(
  context: StartPositionContext,
  startFrom: StartFrom,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { cluster, directory, group, clock, signal } = context
  const retries = new RetryBackoff()
  while (!isAborted(signal)) {
    try {
      await commitStartPosition(context, startFrom)
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

/** Refusals that can be temporary. Expired shards stay in the list, and the service always refuses them. */
function temporaryRefusals({ refused }: ShardOffsets): BrokerError[] {
  return [...refused.values()].filter(
    ({ api, errorCode }) => errorAction(api, errorCode) !== 'absent',
  )
}

async function commit(
  { cluster, group, logstore, clock, signal }: StartPositionContext,
  offsets: ReadonlyMap<number, bigint>,
): Promise<void> {
  const retries = new RetryBackoff()
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
