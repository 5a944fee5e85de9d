import assert from 'node:assert/strict'
import { ShardDelay } from '../../../lib/delivery/shard-delay'
import { ShardQueue } from '../../../lib/delivery/shard-queue'
import type { FetchedRecords } from '../../../lib/kafka/log-source'
import { RecordList } from '../../../lib/kafka/records/fetched-records'
import { record } from '../../support/fake-source'

/** Records with these offsets. */
function records(...offsets: readonly bigint[]): FetchedRecords {
  return new RecordList(offsets.map((offset) => record(offset, 'x')))
}

describe('delivery/shard-queue', () => {
  let queue: ShardQueue
  const take = (nowMs: number): void => {
    queue.take(1, nowMs, () => undefined)
  }

  beforeEach(() => {
    queue = new ShardQueue(0, new ShardDelay(0))
  })

  it('has sent up to the last record taken, not up to what was fetched', () => {
    queue.push(records(41n, 50n), 100n, 0, 0)
    assert.equal(queue.sentTo, null)
    take(0)
    assert.deepEqual([queue.sentTo, queue.fetchedTo], [42n, 100n])
  })

  it('steps over a gap at the end of a record batch once everything is sent', () => {
    queue.push(records(41n), 100n, 0, 0)
    take(0)
    assert.equal(queue.sentTo, 100n)
  })

  it('keeps offsets above 2^53 exact', () => {
    queue.push(records(1700000005123456799n, 1700000005123456900n), 1700000005123457000n, 0, 0)
    take(0)
    assert.equal(queue.sentTo, 1700000005123456800n)
  })

  it('counts the records taken, and the bytes of their keys and values', () => {
    const bytes = Buffer.from('0123456789')
    const withKey = { ...record(41n, null), key: bytes, value: bytes }
    const withoutKey = { ...record(42n, null), value: bytes }
    queue.push(new RecordList([withKey, withoutKey, record(43n, null)]), 44n, 0, 0)
    for (let records = 1; records <= 3; records++) take(0)
    assert.deepEqual([queue.throughput.records, queue.throughput.bytes], [3, 30])
  })

  it('is caught up only when what was fetched before is sent', () => {
    queue.push(records(41n, 42n), 43n, 0, 0)
    queue.caughtUp(1_000, 0)
    take(1_000)
    assert.equal(queue.delay.isCaughtUp(1_000), false)
    take(1_000)
    assert.equal(queue.delay.isCaughtUp(1_000), true)
  })

  it('is not caught up after a response that a limit cut short', () => {
    queue.caughtUp(0, 0)
    assert.equal(queue.delay.isCaughtUp(0), true)
    queue.cutShort(0)
    assert.equal(queue.delay.isCaughtUp(0), false)
  })

  it('knows no offset after a reset until a record is sent', () => {
    queue.push(records(41n, 42n), 100n, 0, 0)
    take(0)
    queue.resetOffsets()
    assert.deepEqual([queue.sentTo, queue.fetchedTo], [null, null])
    take(0)
    queue.push(records(3n), 4n, 0, 0)
    take(0)
    assert.equal(queue.sentTo, 4n)
  })

  it('is at the offset that its position was moved to', () => {
    queue.moveTo(7n)
    assert.deepEqual([queue.sentTo, queue.fetchedTo], [7n, 7n])
  })
})
