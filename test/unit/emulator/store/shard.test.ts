import assert from 'node:assert/strict'
import { decodeRecordBatches } from '../../../../tools/emulator/protocol/record-batch'
import { Shard, type ShardOptions } from '../../../../tools/emulator/store/shard'
import { textLogs } from '../support/endpoint'
import { SHARD_OPTIONS } from '../support/shard-options'

const FIRST = 51247n << 17n
const GROUP = 1n << 17n
const PLENTY = 1_000_000

function shardWith(options: Partial<ShardOptions> = {}): Shard {
  return new Shard(0, { ...SHARD_OPTIONS, ...options })
}

function valuesAt(shard: Shard, offset: bigint): string[] {
  const batches = shard.read(offset, PLENTY, true)
  return batches.flatMap((batch) =>
    decodeRecordBatches(batch).flatMap((records) => records.map(({ value }) => String(value))),
  )
}

describe('Shard', () => {
  it('gives offsets of log group and index, as in the offsets that Alibaba published', () => {
    const shard = shardWith()
    assert.equal(shard.highWatermark, 6717046784n)
    assert.equal(shard.append(textLogs('a', 'b'), 0), FIRST)
    assert.equal(shard.append(textLogs('c'), 0), FIRST + GROUP)
    assert.equal(shard.lastOffset, FIRST + GROUP)
    assert.equal(shard.highWatermark, FIRST + 2n * GROUP)
    assert.equal(shard.earliestOffset, FIRST)
  })

  it('reads from the log group that holds the offset, and from the next for an offset in a gap', () => {
    const shard = shardWith()
    shard.append(textLogs('a', 'b'), 0)
    shard.append(textLogs('c'), 0)
    assert.deepEqual(valuesAt(shard, FIRST), ['a', 'b', 'c'])
    assert.deepEqual(valuesAt(shard, FIRST + 1n), ['a', 'b', 'c'], 'a batch is always whole')
    assert.deepEqual(valuesAt(shard, FIRST + 2n), ['c'])
    assert.deepEqual(valuesAt(shard, FIRST + GROUP - 1n), ['c'])
    assert.deepEqual(valuesAt(shard, shard.highWatermark), [])
  })

  it('gives whole batches up to the limit, and one at least when that is needed', () => {
    const shard = shardWith()
    for (const text of ['a', 'b', 'c']) shard.append(textLogs(text), 0)
    const size = shard.bytes / 3
    assert.equal(shard.read(FIRST, size * 2, true).length, 2)
    assert.equal(shard.read(FIRST, size * 2 - 1, true).length, 1)
    assert.equal(shard.read(FIRST, 1, true).length, 1)
    assert.equal(shard.read(FIRST, 1, false).length, 0)
  })

  it('cuts a log group at 100,000 logs, silently', () => {
    const shard = shardWith()
    shard.append(textLogs(...Array<string>(100_001).fill('x')), 0)
    assert.equal(shard.logs, 100_000)
    assert.equal(shard.lastOffset, FIRST + 99_999n)
    assert.equal(shard.highWatermark, FIRST + GROUP)
  })

  it('keeps offsets beyond 2^53 exact', () => {
    const shard = shardWith({ startIndex: 1n << 40n })
    shard.append(textLogs('a', 'b'), 0)
    shard.append(textLogs('c'), 0)
    assert.equal(shard.lastOffset, (1n << 57n) + GROUP)
    assert.deepEqual(valuesAt(shard, (1n << 57n) + 2n), ['c'])
  })

  it('drops the oldest log groups when it is full, but never the newest', () => {
    const one = shardWith()
    one.append(textLogs('a'), 0)
    const shard = shardWith({ retentionBytes: one.bytes * 2 })
    for (const text of ['a', 'b', 'c']) shard.append(textLogs(text), 0)
    assert.equal(shard.earliestOffset, FIRST + GROUP)
    assert.equal(shard.logs, 2)
    assert.equal(shard.isInRange(FIRST + GROUP - 1n), false)
    assert.equal(shard.isInRange(shard.highWatermark + 1n), false)
    assert.deepEqual(valuesAt(shard, FIRST + GROUP), ['b', 'c'])

    shard.append(textLogs('x'.repeat(10_000)), 0)
    assert.equal(shard.logs, 1)
  })

  it('finds the log group by the time of receipt, not by the time of the log', () => {
    const shard = shardWith()
    shard.append([{ time: 9_000, fields: [['content', 'late']] }], 1_000)
    shard.append([{ time: 1, fields: [['content', 'early']] }], 2_000)
    assert.deepEqual(shard.offsetAtTime(0), { offset: FIRST, timestamp: 1_000 })
    assert.deepEqual(shard.offsetAtTime(1_001), { offset: FIRST + GROUP, timestamp: 2_000 })
    assert.equal(shard.offsetAtTime(2_001), undefined)
  })

  it('writes timestamps in milliseconds, or in seconds when told', () => {
    for (const [timestamps, expected] of [
      ['milliseconds', 1_700_000_000_999],
      ['seconds', 1_700_000_000],
    ] as const) {
      const shard = shardWith({ timestamps })
      shard.append([{ time: 1_700_000_000_999, fields: [['content', 'x']] }], 0)
      const [batch = Buffer.alloc(0)] = shard.read(FIRST, PLENTY, true)
      assert.equal(decodeRecordBatches(batch)[0]?.[0]?.timestamp, expected)
    }
  })
})
