import type { ConsumerReport, ShardReport } from './consumer-report'
import type { ConsumerSnapshot, ShardSnapshot } from '../consumer/snapshot'
import { maxOf } from '../numbers'
import { statusOf } from './status'

export type { ConsumerReport, ShardReport } from './consumer-report'

/** Creates the report of a consumer from a snapshot. */
export function reportOf(snapshot: ConsumerSnapshot): ConsumerReport {
  const shards = snapshot.shardStates.map(shardReport)
  const fetches = shards.map(({ lastFetchAt }) => lastFetchAt).filter((at) => at !== null)
  return {
    state: snapshot.state.name,
    code: statusOf(snapshot).code ?? null,
    lastError: snapshot.lastError,
    errors: snapshot.errors,
    isPaused: snapshot.isPaused,
    rate: snapshot.rate,
    bytesPerSecond: snapshot.bytesPerSecond,
    delaySeconds: snapshot.delaySeconds,
    inFlight: snapshot.inFlight,
    oldestSeconds: snapshot.oldestSeconds,
    attempts: snapshot.attempts,
    nextAttemptAt: snapshot.nextAttemptAt,
    staleAcks: snapshot.staleAcks,
    lastFetchAt: fetches.length > 0 ? maxOf(fetches, 0) : null,
    shards,
  }
}

function shardReport(shard: ShardSnapshot): ShardReport {
  return {
    partition: shard.shard,
    position: shard.position === null ? null : String(shard.position),
    committed: shard.committed === null ? null : String(shard.committed),
    queued: shard.queued,
    records: shard.records,
    bytes: shard.bytes,
    inFlight: shard.inFlight,
    oldestSeconds: shard.oldestSeconds,
    attempts: shard.attempts,
    nextAttemptAt: shard.nextAttemptAt,
    rate: shard.rate,
    bytesPerSecond: shard.bytesPerSecond,
    delaySeconds: shard.delaySeconds,
    isPaused: shard.isPaused,
    stopped: shard.stoppedBy,
    lastFetchAt: shard.lastFetchAt,
    lastError: shard.lastError,
  }
}
