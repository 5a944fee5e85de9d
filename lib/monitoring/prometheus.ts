import type { ShardReport } from './consumer-report'
import { CONSUMER_STATES } from '../consumer/state'
import type { ConsumerHealth } from './health'

type Labels = Readonly<Record<string, string | number>>

interface Sample {
  readonly labels: Labels
  readonly value: number
}

interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** The samples of one consumer. */
  readonly samples: (consumer: ConsumerHealth) => readonly Sample[]
}

/** The content type that Prometheus asks for. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The metrics, in the order of the text. docs/monitoring.md explains each. */
export const METRICS: readonly Metric[] = [
  {
    name: 'sls_kafka_ok',
    type: 'gauge',
    help: '1 if the status of the node shows no error, else 0.',
    samples: ({ ok }) => [{ labels: {}, value: Number(ok) }],
  },
  {
    name: 'sls_kafka_state',
    type: 'gauge',
    help: '1 for the state that the node is in, 0 for the others.',
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
  ofShards('sls_kafka_records_total', 'counter', 'Records given to the flow.', 'records'),
  ofShards('sls_kafka_bytes_total', 'counter', 'Bytes of their keys and values.', 'bytes'),
  ofShards(
    'sls_kafka_delay_seconds',
    'gauge',
    'How far reading is at most behind, also while it fails; 0 once everything is read and done.',
    'delaySeconds',
  ),
  ofShards('sls_kafka_queued_records', 'gauge', 'Records fetched and not yet sent.', 'queued'),
  ofShards(
    'sls_kafka_in_flight_records',
    'gauge',
    'Records given to the flow and not yet done.',
    'inFlight',
  ),
  ofShards(
    'sls_kafka_oldest_in_flight_seconds',
    'gauge',
    'Time since the oldest of them was first given to the flow; 0 without one.',
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
    help: 'When a fetch of the shard was answered last, also without records.',
    samples: perShard(({ lastFetchAt }) => lastFetchAt !== null && lastFetchAt / 1000),
  },
]

/**
 * Writes the metrics of all consumers in Prometheus's text format 0.0.4, see "Exposition formats" in its
 * documentation. A consumer without shards has no samples of shards.
 */
export function prometheusText(consumers: readonly ConsumerHealth[]): string {
  return METRICS.map(({ name, type, help, samples }) => {
    const lines = consumers.flatMap((consumer) =>
      samples(consumer).map(
        ({ labels, value }) =>
          `${name}${labelText({ ...labelsOf(consumer), ...labels })} ${value}\n`,
      ),
    )
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
  }).join('')
}

function ofShards(
  name: string,
  type: Metric['type'],
  help: string,
  property: 'records' | 'bytes' | 'delaySeconds' | 'queued' | 'inFlight' | 'oldestSeconds',
): Metric {
  return { name, type, help, samples: perShard((shard) => shard[property]) }
}

/** @param valueOf false if the value is not known */
function perShard(valueOf: (shard: ShardReport) => number | false): Metric['samples'] {
  return ({ shards }) =>
    shards.flatMap((shard) => {
      const value = valueOf(shard)
      return value === false ? [] : [{ labels: { shard: shard.partition }, value }]
    })
}

function labelsOf({ id, name, project, logstore, group }: ConsumerHealth): Labels {
  return { node: id, name, project, logstore, group }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (mark) => (mark === '\n' ? '\\n' : `\\${mark}`))
}
