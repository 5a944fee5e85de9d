import assert from 'node:assert/strict'
import { previewMessages, type PreviewSettings } from '../../../lib/delivery/preview'
import type { LatestRecord } from '../../../lib/kafka/latest-records'
import { PROJECT } from '../../../tools/shared/consumer-options'
import { record as recordAt } from '../../support/fake-source'

const SETTINGS: PreviewSettings = {
  project: PROJECT,
  logstore: 'orders',
  group: 'reports',
  format: 'json',
  batchSize: null,
  isAcknowledged: false,
}

function record(shard: number, offset: number, value: string): LatestRecord {
  return { ...recordAt(BigInt(offset), value), shard, timestamp: 1700000000 }
}

describe('delivery/preview', () => {
  const records = [
    record(1, 9, '{"n":3}'),
    record(0, 5, 'plain'),
    record(0, 10, '{"n":2}'),
    record(1, 8, '{"n":1}'),
  ]

  it('makes a message of each record, with an error if it cannot be decoded', () => {
    const previewed = previewMessages(records, SETTINGS)
    const { _msgid, ...message } = previewed[0]?.message ?? assert.fail('no message')
    assert.match(_msgid, /^[0-9a-f]{16}$/)
    assert.deepEqual(message, {
      payload: { n: 3 },
      topic: 'orders',
      partition: 1,
      offset: '9',
      key: null,
      value: '{"n":3}',
      timestamp: 1_700_000_000_000,
      kafka: { project: 'shop-prod', group: 'reports', attempt: 1 },
    })
    assert.deepEqual(
      previewed.map(({ error }) => error?.code ?? null),
      [null, 'SLS_DECODE_FAILED', null, null],
    )
  })

  it('puts the decodable records of each shard into one batch, in order', () => {
    const previewed = previewMessages(records, { ...SETTINGS, batchSize: 100 })
    assert.deepEqual(
      previewed.map(({ message }) => [message.partition, message.payload]),
      [
        [1, [{ n: 1 }, { n: 3 }]],
        [0, [{ n: 2 }]],
        [0, 'plain'],
      ],
    )
  })

  it('puts only the newest records into a batch, up to its size', () => {
    const [first] = previewMessages(records, { ...SETTINGS, batchSize: 1 })
    assert.deepEqual(first?.message.payload, [{ n: 3 }])
  })

  it('shows a token of no membership if records are acknowledged', () => {
    const [first] = previewMessages(records, { ...SETTINGS, isAcknowledged: true })
    assert.equal(first?.message.kafka.token, '0.1.1.0.1')
    assert.equal(first.message._msgid, '0.1.1.0.1')
  })
})
