import type { Cluster } from '../cluster/cluster'
import { BrokerError, LEADER_NOT_AVAILABLE } from '../cluster/error-codes'
import { errorAction } from '../cluster/error-actions'
import {
  EARLIEST,
  LATEST,
  listOffsets,
  offsetCommit,
  offsetFetch,
  type MemberGeneration,
} from './offset-requests'
import type { ShardDirectory } from '../cluster/shard-directory'

/** Commits for a group that has no member; the service refuses it for any other. */
export const NO_MEMBER: MemberGeneration = { memberId: '', generation: -1 }

/** Results of a request for several shards: each shard is in one of the two maps, or has no offset. */
export interface ShardOffsets {
  readonly offsets: ReadonlyMap<number, bigint>
  readonly refused: ReadonlyMap<number, BrokerError>
}

/**
 * The offset of the first record of each shard at or after a time.
 *
 * @param time unix ms, EARLIEST or LATEST
 * @throws why a broker could not be asked
 */
export async function listShardOffsets(
  cluster: Cluster,
  directory: ShardDirectory,
  { logstore, shards, time }: { logstore: string; shards: readonly number[]; time: number },
): Promise<ShardOffsets> {
  const offsets = new Map<number, bigint>()
  const refused = new Map<number, BrokerError>()
  const ask = async (nodeId: number, asked: readonly number[]): Promise<void> => {
    const broker = cluster.broker(nodeId)
    if (!broker) {
      for (const shard of asked)
        refused.set(shard, new BrokerError('ListOffsets', LEADER_NOT_AVAILABLE))
      return
    }
    const response = await cluster.send(broker, listOffsets(logstore, asked, time))
    for (const { shard, errorCode, offset } of response.shards) {
      if (errorCode !== 0) refused.set(shard, new BrokerError('ListOffsets', errorCode))
      else if (offset >= 0n) offsets.set(shard, offset)
    }
  }
  const byLeader = groupedBy(shards, (shard) => directory.leaderOf(shard)?.nodeId ?? -1)
  await Promise.all([...byLeader].map(([nodeId, asked]) => ask(nodeId, asked)))
  return { offsets, refused }
}

/** The offset that follows the last record of each shard, and that of its first one. */
export const listEnds = (
  cluster: Cluster,
  directory: ShardDirectory,
  logstore: string,
): Promise<ShardOffsets> =>
  listShardOffsets(cluster, directory, { logstore, shards: directory.shards, time: LATEST })

export const listBeginnings = (
  cluster: Cluster,
  directory: ShardDirectory,
  logstore: string,
): Promise<ShardOffsets> =>
  listShardOffsets(cluster, directory, { logstore, shards: directory.shards, time: EARLIEST })

/**
 * Like `listShardOffsets`; a shard without a record at or after the time gives its end. The ends are asked
 * for first, so that a record that comes in between is not passed over. A shard that is refused at the time
 * has no offset: from its end, records would be passed over as well.
 *
 * @param time unix ms, not negative
 */
export async function listOffsetsAt(
  cluster: Cluster,
  directory: ShardDirectory,
  logstore: string,
  time: number,
): Promise<ShardOffsets> {
  const ends = await listEnds(cluster, directory, logstore)
  const at = await listShardOffsets(cluster, directory, {
    logstore,
    shards: directory.shards,
    time,
  })
  const withoutRecord = ([shard]: readonly [number, unknown]): boolean =>
    !at.offsets.has(shard) && !at.refused.has(shard)
  return {
    offsets: new Map([...[...ends.offsets].filter(withoutRecord), ...at.offsets]),
    refused: new Map([...[...ends.refused].filter(withoutRecord), ...at.refused]),
  }
}

/**
 * The offsets that a group has committed.
 *
 * @returns a shard without a committed offset is in neither map; so are all of a group that does not exist
 * @throws BrokerError when the service refuses the whole request
 */
export async function fetchCommittedOffsets(
  cluster: Cluster,
  group: string,
  logstore: string,
  shards: readonly number[],
): Promise<ShardOffsets> {
  const response = await cluster.sendToCoordinator(group, offsetFetch(group, logstore, shards))
  const action = errorAction('OffsetFetch', response.errorCode)
  if (action !== 'ok' && action !== 'absent') {
    throw new BrokerError('OffsetFetch', response.errorCode)
  }
  const offsets = new Map<number, bigint>()
  const refused = new Map<number, BrokerError>()
  for (const { shard, errorCode, offset } of response.shards) {
    if (errorCode === 0 && offset >= 0n) offsets.set(shard, offset)
    else if (errorCode !== 0 && errorAction('OffsetFetch', errorCode) !== 'absent') {
      refused.set(shard, new BrokerError('OffsetFetch', errorCode))
    }
  }
  return { offsets, refused }
}

/**
 * One commit for a group whose coordinator is looked up.
 *
 * @returns the shards that were refused
 */
export async function commitOffsets(
  cluster: Cluster,
  group: string,
  committer: MemberGeneration,
  logstore: string,
  offsets: ReadonlyMap<number, bigint>,
): Promise<ReadonlyMap<number, BrokerError>> {
  const request = offsetCommit(group, committer, logstore, offsets)
  const { shards } = await cluster.sendToCoordinator(group, request)
  return refusedIn(shards)
}

export function refusedIn(
  shards: readonly { readonly shard: number; readonly errorCode: number }[],
): ReadonlyMap<number, BrokerError> {
  return new Map(
    shards
      .filter(({ errorCode }) => errorCode !== 0)
      .map(({ shard, errorCode }) => [shard, new BrokerError('OffsetCommit', errorCode)]),
  )
}

export function groupedBy<K, V>(values: Iterable<V>, keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}
