import type { ShardReport } from './consumer-report'
import { CONSUMER_STATES } from '../consumer/state'
import type { ConsumerHealth } from './health'
import type { Metric } from './metric'

/** The metrics of consumers, in the order of the text. docs/monitoring.md explains each. */
export const CONSUMER_METRICS: readonly Metric<ConsumerHealth>[] = [
  {
    name: 'sls_kafka_ok',
    type: 'gauge',
    help: '1 if the status of the node shows no error, else 0.',
    samples: ({ ok }) => [{ labels: {}, value: Number(ok) }],
  },
  {
    name: 'sls_kafka_state',
    type: 'gauge',
    help: '1 for the current state of the node, 0 for the others.',
    samples: ({ state }) =>
      CONSUMER_STATES.map((name) => ({ labels: { state: name }, value: Number(name === state) })),
  },
  {
    name: 'sls_kafka_paused',
    type: 'gauge',
    help: '1 if the user has paused every shard, else 0.',
    samples: ({ isPaused }) => [{ labels: {}, value: Number(isPaused) }],
  },
  {
    name: 'sls_kafka_errors_total',
    type: 'counter',
    help: 'Errors that were reported since the node was deployed, by code.',
    samples: ({ errors }) =>
      Object.entries(errors).map(([code, value]) => ({ labels: { code }, value })),
  },
  {
    name: 'sls_kafka_stale_acks_total',
    type: 'counter',
    help: 'Acks that came too late to count, since the group was joined.',
    samples: ({ staleAcks }) => [{ labels: {}, value: staleAcks }],
  },
  {
    name: 'sls_kafka_shards',
    type: 'gauge',
    help: 'Shards that the node reads; while it has failed, those that it read last.',
    samples: ({ shards }) => [{ labels: {}, value: shards.length }],
  },
  ofShards('sls_kafka_records_total', 'counter', 'Records sent to the flow.', 'records'),
  ofShards(
    'sls_kafka_bytes_total',
    'counter',
    'Bytes of the keys and values of these records.',
    'bytes',
  ),
  ofShards(
    'sls_kafka_delay_seconds',
    'gauge',
    'Upper bound of the delay, also while the shard fails; 0 once everything is read and done.',
    'delaySeconds',
  ),
  ofShards('sls_kafka_queued_records', 'gauge', 'Records fetched and not yet sent.', 'queued'),
  ofShards(
    'sls_kafka_in_flight_records',
    'gauge',
    'Records sent to the flow and not yet done.',
    'inFlight',
  ),
  ofShards(
    'sls_kafka_oldest_in_flight_seconds',
    'gauge',
    'Time since the oldest record in flight was first sent to the flow; 0 without one.',
    'oldestSeconds',
  ),
  {
    name: 'sls_kafka_shard_paused',
    type: 'gauge',
    help: '1 if the user has paused the shard, else 0.',
    samples: perShard(({ isPaused }) => Number(isPaused)),
  },
  {
    name: 'sls_kafka_shard_stopped',
    type: 'gauge',
    help: '1 if a record or the service stops the shard, else 0.',
    samples: perShard(({ stopped }) => Number(stopped !== null)),
  },
  {
    name: 'sls_kafka_last_fetch_timestamp_seconds',
    type: 'gauge',
    help: 'Time of the last fetch response of the shard, also without records.',
    samples: perShard(({ lastFetchAt }) => lastFetchAt !== null && lastFetchAt / 1000),
  },
]

function ofShards(
  name: string,
  type: Metric<ConsumerHealth>['type'],
  help: string,
  property: 'records' | 'bytes' | 'delaySeconds' | 'queued' | 'inFlight' | 'oldestSeconds',
): Metric<ConsumerHealth> {
  return { name, type, help, samples: perShard((shard) => shard[property]) }
}

/** Creates a sample for each shard. @param valueOf returns false if the value is not known */
function perShard(
  valueOf: (shard: ShardReport) => number | false,
): Metric<ConsumerHealth>['samples'] {
  return ({ shards }) =>
    shards.flatMap((shard) => {
      const value = valueOf(shard)
      return value === false ? [] : [{ labels: { shard: shard.partition }, value }]
    })
}
