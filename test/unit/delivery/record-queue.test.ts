import assert from 'node:assert/strict'
import { RecordQueue } from '../../../lib/delivery/record-queue'
import { RecordList } from '../../../lib/kafka/records/fetched-records'
import { record } from '../../support/fake-source'
import { heapUsed } from '../../support/heap'
import { readSet } from '../../support/record-sets'
import { encodeRecordBatch } from '../../../tools/emulator/protocol/record-batch'

const list = (...values: readonly string[]): RecordList =>
  new RecordList(values.map((value) => record(1n, value)))

describe('delivery/record-queue', () => {
  it('returns records in the order in which they came', () => {
    const queue = new RecordQueue()
    queue.push(list('a', 'b'))
    queue.push(list('c'))
    const values = [...queue.take(2), ...queue.take(5), ...queue.take(1)]
    assert.deepEqual(
      values.map(({ value }) => value?.toString()),
      ['a', 'b', 'c'],
    )
  })

  it('counts the memory that it holds, down to zero', () => {
    const queue = new RecordQueue()
    queue.push(list('x'.repeat(1000), 'y'.repeat(500)))
    const full = queue.bytes
    assert.ok(full >= 1500)
    queue.take(1)
    assert.ok(queue.bytes >= 500 && queue.bytes <= full - 1000)
    queue.take(1)
    assert.equal(queue.bytes, 0)
    assert.equal(queue.length, 0)
  })

  it('takes the records of several batches, down to zero bytes', async () => {
    const batch = (base: bigint): Buffer =>
      encodeRecordBatch(base, [
        { timestamp: 1, key: 'k', value: `${base}` },
        null,
        { timestamp: 2, key: null, value: `${base + 2n}` },
      ])
    const { records } = await readSet(Buffer.concat([batch(5n), batch(8n)]), 5n)
    const queue = new RecordQueue()
    for (let round = 0; round < 2; round++) queue.push(records)
    const taken = [1, 2, 4, 9].flatMap((count) => queue.take(count))
    const offsets = ['5', '7', '8', '10']
    assert.deepEqual(
      taken.map(({ offset, value }) => `${offset} ${value?.toString()}`),
      [...offsets, ...offsets].map((offset) => `${offset} ${offset}`),
    )
    assert.deepEqual([queue.length, queue.bytes], [0, 0])
  })

  it('does not grow while it is never empty', () => {
    const queue = new RecordQueue()
    const records = list(...Array.from({ length: 1_000 }, () => 'x'))
    queue.push(records)
    const before = heapUsed()
    for (let round = 0; round < 1_000; round++) {
      queue.push(records)
      queue.take(records.length)
    }
    assert.equal(queue.length, records.length)
    const grown = heapUsed() - before
    assert.ok(grown < 1_048_576, `${grown} bytes for a million records`)
  })
})
