import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { crc32c } from '../../../../tools/emulator/protocol/crc32c'
import { ErrorCode } from '../../../../tools/emulator/protocol/error-codes'
import {
  decodeRecordBatches,
  encodeRecordBatch,
  type NewRecord,
  type RecordBatchError,
} from '../../../../tools/emulator/protocol/record-batch'

const ATTRIBUTES_AT = 21
const CHECKSUM_AT = 17
const RECORDS_AT = 61

const records: NewRecord[] = [
  { timestamp: 1_700_000_000_000, key: 'content', value: 'héllo 日志' },
  { timestamp: 1_700_000_000_500, key: null, value: '{"a":"1"}' },
  { timestamp: 1_699_999_999_000, key: '', value: null },
]

describe('crc32c', () => {
  it('gives the check values of RFC 3720', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa)
    assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43)
  })
})

describe('record batch', () => {
  it('is decoded into what was encoded', () => {
    const [decoded = []] = decodeRecordBatches(encodeRecordBatch(5n, records))
    assert.deepEqual(
      decoded.map(({ timestamp, key, value }) => ({
        timestamp,
        key: key?.toString() ?? null,
        value: value?.toString() ?? null,
      })),
      records,
    )
  })

  it('starts with its offset, its length and magic 2', () => {
    const batch = encodeRecordBatch(1n << 60n, records)
    assert.equal(batch.readBigInt64BE(0), 1n << 60n)
    assert.equal(batch.readInt32BE(8), batch.length - 12)
    assert.equal(batch.readInt8(16), 2)
    assert.equal(batch.readUInt32BE(CHECKSUM_AT), crc32c(batch.subarray(ATTRIBUTES_AT)))
    assert.equal(batch.readInt32BE(23), 2, 'lastOffsetDelta')
    assert.equal(batch.readBigInt64BE(35), 1_700_000_000_500n, 'maxTimestamp')
  })

  it('holds many records and large values', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      timestamp: index,
      key: null,
      value: 'x'.repeat(index),
    }))
    const [decoded = []] = decodeRecordBatches(encodeRecordBatch(0n, many))
    assert.equal(decoded.length, 5000)
    assert.ok(decoded.every(({ value }, index) => value?.length === index))
  })

  it('is decompressed when it is gzip', () => {
    const plain = encodeRecordBatch(0n, records)
    const [decoded = []] = decodeRecordBatches(recoded(plain, 1, gzipSync))
    assert.equal(decoded[0]?.value?.toString(), 'héllo 日志')
  })

  it('is refused with another compression, a broken one, a wrong checksum, or cut short', () => {
    const plain = encodeRecordBatch(0n, records)
    assert.equal(refusal(recoded(plain, 2)), ErrorCode.UNSUPPORTED_COMPRESSION_TYPE)
    assert.equal(refusal(recoded(plain, 1)), ErrorCode.CORRUPT_MESSAGE)
    const changed = Buffer.from(plain)
    changed.writeUInt8(changed.readUInt8(70) ^ 1, 70)
    assert.equal(refusal(changed), ErrorCode.CORRUPT_MESSAGE)
    assert.equal(refusal(plain.subarray(0, -1)), ErrorCode.CORRUPT_MESSAGE)
  })
})

function refusal(bytes: Buffer): ErrorCode | undefined {
  try {
    decodeRecordBatches(bytes)
    return undefined
  } catch (error) {
    return (error as RecordBatchError).code
  }
}

/** The batch with another compression in its attributes, and its records put through `compress`. */
function recoded(
  batch: Buffer,
  codec: number,
  compress: (bytes: Buffer) => Buffer = (bytes) => bytes,
): Buffer {
  const result = Buffer.concat([
    batch.subarray(0, RECORDS_AT),
    compress(batch.subarray(RECORDS_AT)),
  ])
  result.writeInt16BE(codec, ATTRIBUTES_AT)
  result.writeInt32BE(result.length - 12, 8)
  result.writeUInt32BE(crc32c(result.subarray(ATTRIBUTES_AT)), CHECKSUM_AT)
  return result
}
