import assert from 'node:assert/strict'
import * as zlib from 'node:zlib'
import { encodeBatch, encodeRecordBatch } from '../../../../tools/emulator/protocol/record-batch'
import { Logstore, LogstoreError } from '../../../../tools/emulator/store/logstore'
import type { Log } from '../../../../tools/emulator/store/log'
import { Shard } from '../../../../tools/emulator/store/shard'
import { textLogs } from '../support/endpoint'
import { SHARD_OPTIONS } from '../support/shard-options'

const FIRST = SHARD_OPTIONS.startIndex << 17n
const GROUP = 1n << 17n
const PLENTY = 1 << 24
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const COUNT_AT = 57
const RECORDS_AT = 61
const SNAPPY = 2

describe('batches as SLS may serve them', () => {
  const onlyBatch = (shard: Shard, offset = FIRST): Buffer => {
    const [batch = Buffer.alloc(0)] = shard.read(offset, PLENTY, true)
    return batch
  }

  it('keep the offsets of logs that were filtered out, at their end too', () => {
    const shard = new Shard(0, SHARD_OPTIONS)
    const [a = null, b = null] = textLogs('a', 'b')
    shard.append([null, a, null, b, null, null], 0)
    const batch = onlyBatch(shard)
    assert.equal(batch.readInt32BE(COUNT_AT), 2)
    assert.equal(batch.readInt32BE(LAST_OFFSET_DELTA_AT), 5)
    assert.equal(shard.logs, 2)
    assert.equal(shard.lastOffset, FIRST + 5n)
    assert.equal(onlyBatch(shard, FIRST + 5n), batch, 'for what lies behind the last record, too')
    assert.deepEqual(shard.read(FIRST + 6n, PLENTY, true), [])
  })

  it('are empty where every log was filtered out', () => {
    const shard = new Shard(0, SHARD_OPTIONS)
    shard.append([null, null, null], 0)
    const batch = onlyBatch(shard)
    assert.equal(batch.length, RECORDS_AT)
    assert.equal(batch.readInt32BE(COUNT_AT), 0)
    assert.equal(batch.readInt32BE(LAST_OFFSET_DELTA_AT), 2)
    assert.equal(shard.logs, 0)
  })

  it('are served as they are where they hold offsets of their own', () => {
    const shard = new Shard(0, SHARD_OPTIONS)
    const bytes = Buffer.from('of a format that the endpoint does not know')
    assert.equal(shard.appendAsIs(bytes, { count: 2, offsets: 3 }, 0), FIRST)
    assert.deepEqual(shard.read(FIRST + 2n, PLENTY, true), [bytes])
    assert.deepEqual(shard.read(FIRST + 3n, PLENTY, true), [])
    assert.equal(shard.logs, 2)
    assert.equal(shard.lastOffset, FIRST + 2n)
    assert.equal(shard.highWatermark, FIRST + GROUP)
  })

  it('hold more than 100,000 records when that is asked for', () => {
    const shard = new Shard(0, { ...SHARD_OPTIONS, maxGroupLogs: 131_072 })
    const [log = null] = textLogs('x')
    shard.append(Array<Log | null>(131_073).fill(log), 0)
    assert.equal(onlyBatch(shard).readInt32BE(COUNT_AT), 131_072)
    assert.equal(shard.lastOffset, shard.highWatermark - 1n)
  })

  it('are compressed with gzip', () => {
    const shard = new Shard(0, { ...SHARD_OPTIONS, compression: 'gzip' })
    shard.append(textLogs('x'.repeat(1000)), 0)
    const batch = onlyBatch(shard)
    assert.equal(batch.readInt16BE(ATTRIBUTES_AT), 1)
    assert.ok(batch.length < 300)
    assert.ok(zlib.gunzipSync(batch.subarray(RECORDS_AT)).includes('x'.repeat(1000)))
  })

  it('are compressed with zstd where Node.js can, else refused', () => {
    const logstore = new Logstore('web', 1, SHARD_OPTIONS)
    const append = (): unknown =>
      logstore.append(textLogs('x'.repeat(1000)), { compression: 'zstd' })
    if (!('zstdCompressSync' in zlib)) {
      assert.throws(append, LogstoreError)
      return
    }
    append()
    const [batch = Buffer.alloc(0)] = logstore.shard(0).read(FIRST, PLENTY, true)
    assert.equal(batch.readInt16BE(ATTRIBUTES_AT), 4)
    assert.equal(batch.readUInt32LE(RECORDS_AT), 0xfd2fb528, 'magic number of a frame')
  })

  it('come ready-made: nothing but the base offset is changed', () => {
    const logstore = new Logstore('web', 1, SHARD_OPTIONS)
    logstore.append(textLogs('before'), { shard: 0 })
    const payload = Buffer.from('whatever the codec makes of it')
    const batch = encodeBatch(5n, {
      attributes: SNAPPY,
      count: 3,
      lastOffsetDelta: 9,
      firstTimestamp: 1,
      maxTimestamp: 2,
      payload,
    })
    assert.equal(logstore.appendBatch(0, batch, 0), FIRST + GROUP)
    const shard = logstore.shard(0)
    const stored = onlyBatch(shard, FIRST + GROUP)
    assert.equal(stored.readBigInt64BE(), FIRST + GROUP)
    assert.deepEqual(stored.subarray(8), batch.subarray(8))
    assert.equal(shard.logs, 4)
    assert.equal(shard.lastOffset, FIRST + GROUP + 9n)
  })

  it('are refused where they would take the offsets of the next log group, or are none', () => {
    const logstore = new Logstore('web', 1, SHARD_OPTIONS)
    const batch = encodeRecordBatch(0n, [{ timestamp: 0, key: null, value: 'x' }])
    assert.throws(() => logstore.appendBatch(0, batch.subarray(0, 60), 0), LogstoreError)
    batch.writeInt32BE(1 << 17, LAST_OFFSET_DELTA_AT)
    assert.throws(() => logstore.appendBatch(0, batch, 0), LogstoreError)
  })
})
