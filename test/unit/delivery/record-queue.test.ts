import assert from 'node:assert/strict'
import { RecordQueue, type QueuedRecord } from '../../../lib/delivery/record-queue'
import { heapUsed } from '../../support/heap'

const record = (value: string): { key: null; value: Buffer } => ({
  key: null,
  value: Buffer.from(value),
})

describe('delivery/record-queue', () => {
  it('returns records in the order in which they came', () => {
    const queue = new RecordQueue<ReturnType<typeof record>>()
    queue.push([record('a'), record('b')])
    queue.push([record('c')])
    const values = [...queue.take(2), ...queue.take(5), ...queue.take(1)]
    assert.deepEqual(
      values.map(({ value }) => value.toString()),
      ['a', 'b', 'c'],
    )
  })

  it('counts the memory that it holds, down to zero', () => {
    const queue = new RecordQueue<ReturnType<typeof record>>()
    queue.push([record('x'.repeat(1000)), record('y'.repeat(500))])
    const full = queue.bytes
    assert.ok(full >= 1500)
    queue.take(1)
    assert.ok(queue.bytes >= 500 && queue.bytes <= full - 1000)
    queue.take(1)
    assert.equal(queue.bytes, 0)
    assert.equal(queue.length, 0)
  })

  it('does not grow while it is never empty', () => {
    const queue = new RecordQueue<ReturnType<typeof record>>()
    const records = Array.from({ length: 1_000 }, () => record('x'))
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

  it('counts headers, each with its overhead', () => {
    const queue = new RecordQueue<QueuedRecord>()
    queue.push([record('x')])
    const without = queue.bytes
    const headers = Array.from({ length: 1000 }, () => ['trace', Buffer.from('abc')] as const)
    queue.push([{ ...record('x'), headers }])
    assert.ok(queue.bytes - 2 * without > 1000 * ('traceabc'.length + 100))
    queue.take(2)
    assert.equal(queue.bytes, 0)
  })
})
