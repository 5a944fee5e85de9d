import assert from 'node:assert/strict'
import { RecordQueue } from '../../../lib/delivery/record-queue'
import { RecordList } from '../../../lib/kafka/records/fetched-records'
import { record } from '../../support/fake-source'
import { heapUsed } from '../../support/heap'
import { readSet, taken } from '../../support/record-sets'
import { encodeRecordBatch } from '../../../tools/emulator/protocol/record-batch'

const list = (...values: readonly string[]): RecordList =>
  new RecordList(values.map((value) => record(1n, value)))

describe('delivery/record-queue', () => {
  it('returns records in the order in which they came', () => {
    const queue = new RecordQueue()
    queue.push(list('a', 'b'))
    queue.push(list('c'))
    const values = [2, 5, 1].map((count) => taken(queue, count).map(({ value }) => value))
    assert.deepEqual(values, [['a', 'b'], ['c'], []])
  })

  it('counts the memory that it holds, down to zero', () => {
    const queue = new RecordQueue()
    queue.push(list('x'.repeat(1000), 'y'.repeat(500)))
    const full = queue.bytes
    assert.ok(full >= 1500)
    taken(queue, 1)
    assert.ok(queue.bytes >= 500 && queue.bytes <= full - 1000)
    taken(queue, 1)
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
    const queue = new RecordQueue()
    for (let round = 0; round < 2; round++) {
      queue.push((await readSet(Buffer.concat([batch(5n), batch(8n)]), 5n)).records)
    }
    const all = [1, 2, 4, 9].flatMap((count) => taken(queue, count))
    const offsets = ['5', '7', '8', '10']
    assert.deepEqual(
      all,
      [...offsets, ...offsets].map((offset) => ({ offset, value: offset })),
    )
    assert.deepEqual([queue.length, queue.bytes], [0, 0])
  })

  it('does not grow while it is never empty', () => {
    const queue = new RecordQueue()
    const records = Array.from({ length: 1_000 }, () => record(1n, 'x'))
    queue.push(new RecordList(records))
    const before = heapUsed()
    for (let round = 0; round < 1_000; round++) {
      queue.push(new RecordList(records))
      queue.take(records.length, () => undefined)
    }
    assert.equal(queue.length, records.length)
    const grown = heapUsed() - before
    assert.ok(grown < 1_048_576, `${grown} bytes for a million records`)
  })
})
