import assert from 'node:assert/strict'
import { writerReportOf } from '../../../../lib/monitoring/writer-report'
import { writerViewOf } from '../../../../nodes/sls-monitor/editor/writer-view'
import type { MonitoredWriter } from '../../../../nodes/sls-monitor/monitor-api'

type LogstoreReport = MonitoredWriter['logstores'][number]

function writer(changes: Partial<MonitoredWriter> = {}): MonitoredWriter {
  return {
    ...writerReportOf([]),
    ...{ id: 'w1', name: '', flow: 'tab', project: 'shop', logstore: 'app-log' },
    ...{ ok: true, alias: null, error: null },
    status: { fill: 'green', shape: 'dot', text: '1/s' },
    ...changes,
  }
}

function logstores(count: number): LogstoreReport[] {
  return Array.from({ length: count }, (_, index) => {
    return { ...writerReportOf([]), logstore: `log-${index}`, shards: 1, leftOutShards: [] }
  })
}

describe('view of a writer', () => {
  it('has the name of the node as title, else its logstores', () => {
    const titles = (changes: Partial<MonitoredWriter>): string[] => {
      const { title, subtitle } = writerViewOf(writer(changes))
      return [title, subtitle]
    }
    assert.deepEqual(titles({}), ['app-log', ''])
    assert.deepEqual(titles({ name: 'enriched' }), ['enriched', 'app-log'])
    assert.deepEqual(titles({ logstore: '' }), ['sls out', ''])
    assert.deepEqual(titles({ logstore: '', logstores: logstores(2) }), ['log-0 · log-1', ''])
    assert.equal(titles({ logstores: logstores(5) })[0], 'log-0 · log-1 · log-2 · +2')
  })

  it('has the figures in a short form', () => {
    const { figures } = writerViewOf(
      writer({ rate: 1234, written: 123_456, failed: 7, buffered: 42, oldestSeconds: 75.5 }),
    )
    assert.deepEqual(figures, {
      rate: '1.2k/s',
      written: '123456',
      failed: '7',
      buffered: '42',
      oldest: '1.2min',
    })
  })
})
