import assert from 'node:assert/strict'
import { decodeRecordBatches } from '../../../tools/emulator/protocol/record-batch'
import {
  encodeRecordBatch,
  type ProducedRecord,
} from '../../../lib/kafka/records/record-batch-encoder'
import { readRecordBatch } from '../../../lib/kafka/records/record-batch'
import { EventLoopShare } from '../../../lib/kafka/event-loop'
import { ResponseBudget } from '../../../lib/kafka/records/batch-budget'
import { Lender } from '../../../lib/kafka/records/lent-bytes'

const TIME = Date.UTC(2026, 10, 29)

/** A time that no difference of 32 bits reaches from `TIME`: four months before. */
const FAR_TIME = TIME - 120 * 86_400_000

const RECORDS: readonly ProducedRecord[] = [
  { key: 'content', value: 'GET /index.html 200', timestamp: TIME },
  { key: null, value: Buffer.from('{"a":"ä€𝄞"}'), timestamp: TIME + 1 },
  { key: Buffer.from('k'), value: null, timestamp: FAR_TIME },
  {
    key: '',
    value: 'x'.repeat(70_000),
    timestamp: TIME + 90_000_000_000,
    headers: [
      ['data-parse-format', Buffer.from('json')],
      ['empty', null],
    ],
  },
]

const TEXTS = RECORDS.map(({ key, value, timestamp }) => [
  key === null ? null : String(key),
  value === null ? null : String(value),
  timestamp,
])

describe('kafka/record-batch-encoder', () => {
  for (const compression of ['none', 'gzip'] as const) {
    it(`writes what the emulator reads, checksum included: ${compression}`, async () => {
      const [batch = []] = decodeRecordBatches(await encodeRecordBatch(RECORDS, compression))
      assert.deepEqual(
        batch.map(({ key, value, timestamp }) => [
          key && String(key),
          value && String(value),
          timestamp,
        ]),
        TEXTS,
      )
      assert.deepEqual(
        batch.map(({ offsetDelta }) => offsetDelta),
        [0, 1, 2, 3],
      )
      assert.deepEqual(
        [...(batch[3]?.headers ?? [])],
        [
          ['data-parse-format', 'json'],
          ['empty', ''],
        ],
      )
    })

    it(`writes what the fetcher reads: ${compression}`, async () => {
      const bytes = await encodeRecordBatch(RECORDS, compression)
      const context = {
        from: 0n,
        budget: new ResponseBudget(),
        share: new EventLoopShare(),
        lender: new Lender(() => undefined),
      }
      const { records } = await readRecordBatch(bytes, bytes.length, context)
      assert.deepEqual(
        records
          .takeAll()
          .map(({ key, value, timestamp }) => [
            key && String(key),
            value && String(value),
            timestamp,
          ]),
        TEXTS,
      )
    })
  }

  it('compresses many bytes with gzip, and leaves few as they are', async () => {
    const line = { key: null, value: 'GET /index.html 200', timestamp: TIME }
    const many = await encodeRecordBatch(new Array<ProducedRecord>(100).fill(line), 'gzip')
    assert.ok(many.length < 500, String(many.length))
    assert.deepEqual(
      await encodeRecordBatch([line], 'gzip'),
      await encodeRecordBatch([line], 'none'),
    )
  })

  it('writes sizes and numbers at every limit of a varint', async () => {
    const sizes = [0, 1, 63, 64, 127, 128, 8_191, 8_192, 1_048_575, 1_048_576]
    const records = sizes.map((size) => ({
      key: null,
      value: 'x'.repeat(size),
      timestamp: TIME + size,
    }))
    const deltas = [2 ** 31 - 1, 2 ** 31, 2 ** 40, 2 ** 50]
    for (const delta of deltas) records.push({ key: null, value: '', timestamp: TIME + delta })
    const [batch = []] = decodeRecordBatches(await encodeRecordBatch(records, 'none'))
    assert.deepEqual(
      batch.map(({ value, timestamp }) => [value?.length, timestamp - TIME]),
      [...sizes.map((size) => [size, size]), ...deltas.map((delta) => [0, delta])],
    )
  })
})
