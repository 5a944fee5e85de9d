import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import parse, { type ParsedMetric } from 'parse-prometheus-text-format'
import { snapshotOfConfigError } from '../../../lib/consumer/snapshot'
import { CONSUMER_METRICS } from '../../../lib/monitoring/consumer-metrics'
import type { ConsumerHealth, WriterHealth } from '../../../lib/monitoring/health'
import { prometheusText } from '../../../lib/monitoring/prometheus'
import { reportOf } from '../../../lib/monitoring/report'
import { WRITER_METRICS } from '../../../lib/monitoring/writer-metrics'
import { writerReportOf } from '../../../lib/monitoring/writer-report'
import { consumerRig } from '../../support/consumer-rig'
import { tablesIn } from '../../support/markdown'
import { LOGSTORE, WriterRig } from '../../support/writer-rig'
import { repositoryRoot } from '../../../tools/shared/repository'

const METRICS = [...CONSUMER_METRICS, ...WRITER_METRICS]
const CONFIG_ERROR = { code: 'SLS_CONFIG_INVALID', at: 0 } as const
const WHERE = { flow: 'tab', project: 'shop', logstore: 'access-log', group: 'g' }

function healthOf(report: ConsumerHealth | object, id = 'n1', name = 'reader'): ConsumerHealth {
  return {
    ...reportOf(snapshotOfConfigError(CONFIG_ERROR)),
    ok: false,
    ...WHERE,
    ...report,
    id,
    name,
  }
}

/** A writer whose settings are wrong, unless a report is given. */
function writerHealth(report: Partial<WriterHealth> = {}): WriterHealth {
  return {
    ...writerReportOf([]),
    ...{ id: 'w1', name: 'writer', flow: 'tab', project: 'shop', logstore: 'app-log', ok: false },
    ...report,
  }
}

/** The samples of one metric, by those labels that differ. */
function samplesOf(metrics: readonly ParsedMetric[], name: string): [string, number][] {
  const metric = metrics.find((one) => one.name === name)
  return (metric?.metrics ?? []).map(({ value, labels = {} }) => {
    const own = ['node', 'state', 'code', 'shard'].map((label) => labels[label] ?? '')
    return [own.filter((text) => text !== '').join(' '), Number(value)]
  })
}

describe('prometheus text', () => {
  it('is readable by another parser, each name with its help and its type', () => {
    const metrics = parse(prometheusText([healthOf({}), healthOf({}, 'n2')], [writerHealth()]))
    assert.deepEqual(
      metrics.map(({ name, help, type }) => ({ name, help, type })),
      METRICS.map(({ name, help, type }) => ({ name, help, type: type.toUpperCase() })),
    )
  })

  it('follows the rules for names: units, and _total only for counters', () => {
    for (const { name, type } of METRICS) {
      assert.match(name, /^sls_kafka_[a-z_]+$/)
      assert.equal(name.endsWith('_total'), type === 'counter', name)
      assert.doesNotMatch(name, /milliseconds|_ms_|_count$|_sum$|_bucket$/)
    }
  })

  it('keeps any name of a node readable', () => {
    const name = 'a "quoted" \\ back\\nslash\nand a line, 支付 {x="y"}'
    const [metric] = parse(prometheusText([healthOf({}, 'n1', name)], []))
    assert.deepEqual(metric?.metrics[0]?.labels, {
      node: 'n1',
      name,
      project: 'shop',
      logstore: 'access-log',
      group: 'g',
    })
  })

  it('has the figures of each shard', async () => {
    const { consumer, source, clock } = consumerRig({}, { commit: 'onAck', maxInFlight: '3' })
    consumer.start()
    source().assign([0, 2])
    source().deliver(2, 10n, ['ab', 'c', 'd', 'e'])
    await clock.advance(2_000)
    const report = reportOf(consumer.snapshot())
    const metrics = parse(prometheusText([healthOf({ ...report, ok: true })], []))
    const of = (name: string): [string, number][] => samplesOf(metrics, name)
    assert.deepEqual(of('sls_kafka_records_total'), [
      ['n1 0', 0],
      ['n1 2', 2],
    ])
    assert.deepEqual(of('sls_kafka_bytes_total')[1], ['n1 2', 3])
    assert.deepEqual(of('sls_kafka_in_flight_records')[1], ['n1 2', 2])
    assert.deepEqual(of('sls_kafka_queued_records')[1], ['n1 2', 2])
    assert.deepEqual(of('sls_kafka_oldest_in_flight_seconds')[1], ['n1 2', 2])
    assert.deepEqual(of('sls_kafka_last_fetch_timestamp_seconds'), [
      ['n1 2', (clock.now() - 2_000) / 1000],
    ])
    assert.deepEqual(of('sls_kafka_ok'), [['n1', 1]])
    assert.deepEqual(of('sls_kafka_shards'), [['n1', 2]])
    const closed = consumer.close()
    await clock.advance(5_000)
    await closed
  })

  it('has one state of all with value 1, and errors by their code', () => {
    const errors = { SLS_DECODE_FAILED: 2, SLS_UNREACHABLE: 1 }
    const metrics = parse(prometheusText([healthOf({ state: 'reconnecting', errors })], []))
    const states = samplesOf(metrics, 'sls_kafka_state')
    assert.equal(states.length, 7)
    assert.deepEqual(
      states.filter(([, value]) => value === 1),
      [['n1 reconnecting', 1]],
    )
    assert.deepEqual(samplesOf(metrics, 'sls_kafka_errors_total'), [
      ['n1 SLS_DECODE_FAILED', 2],
      ['n1 SLS_UNREACHABLE', 1],
    ])
  })

  it('has the figures of each logstore that a writer writes to', async () => {
    const rig = await new WriterRig({ bufferRecords: '3' }).start()
    await rig.write(['a', 'b', null])
    rig.isHeld = true
    void rig.writer.write(['c', 'd'])
    await rig.clock.advance(2_000)
    const refused = rig.writer.write(['e', 'f'])
    await rig.clock.settle()
    const idle = await new WriterRig().start()
    const report = writerReportOf([
      { logstore: LOGSTORE, snapshot: rig.writer.snapshot() },
      { logstore: 'other-log', snapshot: idle.writer.snapshot() },
    ])
    const metrics = parse(prometheusText([], [writerHealth({ ...report, logstore: '' })]))
    const of = (name: string): [string, number][] => {
      const { metrics: samples = [] } = metrics.find((one) => one.name === name) ?? {}
      return samples.map(({ labels, value }) => [
        [labels?.['logstore'], labels?.['code']].filter(Boolean).join(' '),
        Number(value),
      ])
    }
    const both = (first: number, second = 0): [string, number][] => [
      [LOGSTORE, first],
      ['other-log', second],
    ]
    assert.deepEqual(of('sls_kafka_writer_written_logs_total'), both(2))
    assert.deepEqual(of('sls_kafka_writer_failed_logs_total'), both(3))
    assert.deepEqual(of('sls_kafka_writer_buffered_logs'), both(2))
    assert.ok((of('sls_kafka_writer_buffered_bytes')[0]?.[1] ?? 0) > 2)
    assert.deepEqual(of('sls_kafka_writer_in_flight_logs'), both(2))
    assert.deepEqual(of('sls_kafka_writer_oldest_buffered_seconds'), both(2))
    assert.deepEqual(of('sls_kafka_writer_ok'), both(0, 1), 'the buffer refused logs')
    assert.deepEqual(of('sls_kafka_writer_shards'), both(4, 4))
    assert.deepEqual(of('sls_kafka_writer_left_out_shards'), both(0))
    assert.deepEqual(of('sls_kafka_writer_errors_total'), [
      [`${LOGSTORE} SLS_RECORD_INVALID`, 1],
      [`${LOGSTORE} SLS_BUFFER_FULL`, 2],
    ])
    await refused
    await rig.answerAll()
    await rig.close()
    await idle.close()
  })

  it('has the counts of a logstore whose writer was closed', () => {
    const counts = {
      ...{ written: 5, failed: 1, errors: { SLS_RECORD_INVALID: 1 } },
      ...{ lastError: null, lastErrorMs: -Infinity },
    } as const
    const report = writerReportOf([], [{ logstore: LOGSTORE, counts }])
    assert.deepEqual([report.state, report.written, report.failed], ['idle', 5, 1])
    const metrics = parse(prometheusText([], [writerHealth({ ...report, logstore: '' })]))
    const of = (name: string): unknown[] =>
      (metrics.find((one) => one.name === name)?.metrics ?? []).map(({ labels, value }) => [
        labels?.['logstore'],
        Number(value),
      ])
    assert.deepEqual(of('sls_kafka_writer_written_logs_total'), [[LOGSTORE, 5]])
    assert.deepEqual(of('sls_kafka_writer_failed_logs_total'), [[LOGSTORE, 1]])
    assert.deepEqual(of('sls_kafka_writer_errors_total'), [[LOGSTORE, 1]])
    assert.deepEqual(of('sls_kafka_writer_ok'), [[LOGSTORE, 1]])
  })

  it('has the logstore of the settings for a writer that has written to none', () => {
    const refused = writerHealth({ state: 'stopped', code: 'SLS_CONFIG_INVALID' })
    const metrics = parse(prometheusText([], [refused]))
    const [sample] = metrics.find(({ name }) => name === 'sls_kafka_writer_ok')?.metrics ?? []
    assert.equal(sample?.value, '0')
    assert.deepEqual(sample.labels, {
      node: 'w1',
      name: 'writer',
      project: 'shop',
      logstore: 'app-log',
    })
  })

  for (const document of ['monitoring.md', 'monitoring.zh-CN.md']) {
    it(`has each of its names explained in ${document}`, () => {
      const text = readFileSync(join(repositoryRoot(), 'docs', document), 'utf8')
      const explained = tablesIn(text)
        .flat()
        .map(([name = '']) => name.replaceAll('`', ''))
        .filter((name) => name.startsWith('sls_kafka_'))
      assert.deepEqual(
        explained,
        METRICS.map(({ name }) => name),
      )
    })
  }
})
