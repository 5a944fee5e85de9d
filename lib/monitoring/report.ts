import type { ConsumerReport, ShardReport } from './consumer-report'
import type { ToldError } from '../consumer/error-tally'
import type { ConsumerDetails } from '../consumer/state'
import { largest } from '../largest'
import { statusOf } from './status'

export type { ConsumerReport, ShardReport } from './consumer-report'

export function reportOf(details: ConsumerDetails): ConsumerReport {
  const shards = details.shardStates.map(shardReport)
  const fetches = shards.map(({ lastFetchAt }) => lastFetchAt).filter((at) => at !== null)
  return {
    state: details.state.name,
    code: statusOf(details).code ?? null,
    lastError: details.lastError,
    errors: details.errors,
    isPaused: details.isPaused,
    rate: details.rate,
    bytesPerSecond: details.bytesPerSecond,
    delaySeconds: details.delaySeconds,
    inFlight: details.inFlight,
    oldestSeconds: details.oldestSeconds,
    attempts: details.attempts,
    nextAttemptAt: details.nextAttemptAt,
    staleAcks: details.staleAcks,
    lastFetchAt: fetches.length > 0 ? largest(fetches, 0) : null,
    shards,
  }
}

/** Of a node that was never able to start. */
export function reportOfConfigError(lastError: ToldError): ConsumerReport {
  return {
    state: 'failed',
    code: lastError.code,
    lastError,
    errors: { [lastError.code]: 1 },
    isPaused: false,
    rate: 0,
    bytesPerSecond: 0,
    delaySeconds: 0,
    inFlight: 0,
    oldestSeconds: 0,
    attempts: 0,
    nextAttemptAt: null,
    staleAcks: 0,
    lastFetchAt: null,
    shards: [],
  }
}

function shardReport(shard: ConsumerDetails['shardStates'][number]): ShardReport {
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
