import type { WriterHealth } from './health'
import type { Metric } from './metric'
import type { LogstoreReport } from './writer-report'
import { WRITER_STATES } from './writer-status'

type Figure =
  'written' | 'failed' | 'buffered' | 'bufferedBytes' | 'inFlight' | 'oldestSeconds' | 'shards'

/** The metrics of writers, in the order of the text. docs/monitoring.md explains each. */
export const WRITER_METRICS: readonly Metric<WriterHealth>[] = [
  {
    name: 'sls_kafka_writer_ok',
    type: 'gauge',
    help: '1 if the status of the logstore shows no error, else 0.',
    samples: perLogstore(({ code }) => [{ labels: {}, value: Number(code === null) }]),
  },
  {
    name: 'sls_kafka_writer_state',
    type: 'gauge',
    help: '1 for the current state of the logstore, 0 for the others.',
    samples: perLogstore(({ state }) =>
      WRITER_STATES.map((name) => ({ labels: { state: name }, value: Number(name === state) })),
    ),
  },
  {
    name: 'sls_kafka_writer_errors_total',
    type: 'counter',
    help: 'Failures that were reported and logs that failed since the node was deployed, by code.',
    samples: perLogstore(({ errors }) =>
      Object.entries(errors).map(([code, value]) => ({ labels: { code }, value })),
    ),
  },
  figure('written_logs_total', 'counter', 'Logs that the service has confirmed.', 'written'),
  figure('failed_logs_total', 'counter', 'Logs refused, or ended with an error.', 'failed'),
  figure('buffered_logs', 'gauge', 'Logs that wait for the service.', 'buffered'),
  figure(
    'buffered_bytes',
    'gauge',
    'Bytes of the logs that wait for the service.',
    'bufferedBytes',
  ),
  figure('in_flight_logs', 'gauge', 'Logs of the requests under way.', 'inFlight'),
  figure(
    'oldest_buffered_seconds',
    'gauge',
    'Time since the oldest log in the buffer was accepted; 0 without one.',
    'oldestSeconds',
  ),
  figure('shards', 'gauge', 'Shards of the logstore; 0 before they are listed.', 'shards'),
  {
    name: 'sls_kafka_writer_left_out_shards',
    type: 'gauge',
    help: 'Shards that refused a batch within the last minute.',
    samples: perLogstore(({ leftOutShards }) => [{ labels: {}, value: leftOutShards.length }]),
  },
]

function figure(
  name: string,
  type: Metric<WriterHealth>['type'],
  help: string,
  property: Figure,
): Metric<WriterHealth> {
  const samples = perLogstore((logstore) => [{ labels: {}, value: logstore[property] }])
  return { name: `sls_kafka_writer_${name}`, type, help, samples }
}

/** Creates samples for each logstore. A node that has written to none has those of its settings. */
function perLogstore(
  samplesOf: (logstore: LogstoreReport) => ReturnType<Metric<WriterHealth>['samples']>,
): Metric<WriterHealth>['samples'] {
  return (writer) => {
    const ofSettings: LogstoreReport = { ...writer, shards: 0, leftOutShards: [] }
    const logstores = writer.logstores.length > 0 ? writer.logstores : [ofSettings]
    return logstores.flatMap((one) =>
      samplesOf(one).map(({ labels, value }) => ({
        labels: { logstore: one.logstore, ...labels },
        value,
      })),
    )
  }
}
