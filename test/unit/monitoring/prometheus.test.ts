import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import parse, { type ParsedMetric } from 'parse-prometheus-text-format'
import { snapshotOfConfigError } from '../../../lib/consumer/snapshot'
import type { ConsumerHealth } from '../../../lib/monitoring/health'
import { METRICS, prometheusText } from '../../../lib/monitoring/prometheus'
import { reportOf } from '../../../lib/monitoring/report'
import { consumerRig } from '../../support/consumer-rig'
import { tablesIn } from '../../support/markdown'
import { repositoryRoot } from '../../support/node-red/repository'

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
    const metrics = parse(prometheusText([healthOf({}), healthOf({}, 'n2')]))
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
    const [metric] = parse(prometheusText([healthOf({}, 'n1', name)]))
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
    const metrics = parse(prometheusText([healthOf({ ...report, ok: true })]))
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
    const metrics = parse(prometheusText([healthOf({ state: 'reconnecting', errors })]))
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
