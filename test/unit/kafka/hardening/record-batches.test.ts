import assert from 'node:assert/strict'
import { findingsOf } from '../../../../lib/kafka/hardening/fetched-records'
import * as recordBatches from '../../../../lib/kafka/hardening/record-batches'
import { encodeRecordBatch } from '../../../../emulator/protocol/record-batch'
import { decodeRecords, kafkajsWith } from '../../../support/kafkajs-modules'

const stock = kafkajsWith()
const fixed = kafkajsWith(recordBatches)

const BASE = 4_587_520_000_000_000_000n
const RECORDS_AT = 61
const AT = { length: 8, magic: 16, attributes: 21, lastOffsetDelta: 23, recordCount: 57 } as const

function batch(baseOffset: bigint, values: readonly string[]): Buffer {
  return encodeRecordBatch(
    baseOffset,
    values.map((value) => ({ timestamp: 0, key: null, value })),
  )
}

/** One whose records were all filtered out; it keeps its last offset. */
function emptyBatch(baseOffset: bigint, lastOffsetDelta: number): Buffer {
  const bytes = Buffer.from(batch(baseOffset, ['x']).subarray(0, RECORDS_AT))
  bytes.writeInt32BE(bytes.length - 12, AT.length)
  bytes.writeInt32BE(lastOffsetDelta, AT.lastOffsetDelta)
  bytes.writeInt32BE(0, AT.recordCount)
  return bytes
}

function damaged(change: (bytes: Buffer) => void): Buffer {
  const bytes = batch(BASE + 10n, ['bad'])
  change(bytes)
  return bytes
}

const texts = (records: readonly { value: Buffer }[]): string[] =>
  records.map(({ value }) => value.toString())

describe('kafka/hardening/record-batches', () => {
  // Less than what SLS cuts a log group at would do; more shows it whatever the size of the stack.
  const many = batch(BASE, Array<string>(300_000).fill(''))

  it('stock: fails with a batch of very many records', async () => {
    await assert.rejects(decodeRecords(stock, many), { name: 'RangeError' })
  })

  it('fixed: reads it', async () => {
    assert.equal((await decodeRecords(fixed, many)).length, 300_000)
  })

  it('tells the last offset of a batch without records', async () => {
    const records = await decodeRecords(fixed, emptyBatch(BASE, 131_071))
    assert.deepEqual(records, [])
    assert.deepEqual(findingsOf(records), { lastOffset: BASE + 131_071n, unreadable: null })
  })

  it('reads what comes before a batch that an answer is cut in', async () => {
    const bytes = Buffer.concat([batch(BASE, ['a', 'b']), batch(BASE + 2n, ['c', 'd'])])
    const records = await decodeRecords(fixed, bytes.subarray(0, bytes.length - 5))
    assert.deepEqual(texts(records), ['a', 'b'])
    assert.deepEqual(findingsOf(records), { lastOffset: BASE + 1n, unreadable: null })
  })

  const cases: readonly [string, (bytes: Buffer) => void, RegExp][] = [
    ['its length', (bytes) => bytes.writeInt32BE(-20, AT.length), /-8 bytes/],
    ['its format', (bytes) => bytes.writeInt8(7, AT.magic), /unknown record format 7/],
    ['its compression', (bytes) => bytes.writeInt16BE(5, AT.attributes), /unknown codec 5/],
    ['its count', (bytes) => bytes.writeInt32BE(1e9, AT.recordCount), /1000000000 records/],
    ['a record', (bytes) => bytes.fill(0xff, RECORDS_AT), /./],
  ]
  for (const [what, change, reason] of cases) {
    it(`stops at a batch of which ${what} is nonsense, after what comes before it`, async () => {
      const bytes = Buffer.concat([batch(BASE, ['good']), damaged(change)])
      const records = await decodeRecords(fixed, bytes)
      assert.deepEqual(texts(records), ['good'])
      const { lastOffset, unreadable } = findingsOf(records) ?? {}
      assert.equal(lastOffset, BASE)
      assert.equal(unreadable?.offset, BASE + 10n)
      assert.match(unreadable.message, reason)
    })
  }

  it('stock: fails as a whole', async () => {
    const bad = damaged((bytes) => bytes.fill(0xff, RECORDS_AT))
    await assert.rejects(decodeRecords(stock, Buffer.concat([batch(BASE, ['good']), bad])))
  })

  it('says that a first batch is cut off, which the service would send again and again', async () => {
    const bytes = batch(BASE, ['a', 'b'])
    const records = await decodeRecords(fixed, bytes.subarray(0, bytes.length - 1))
    assert.match(findingsOf(records)?.unreadable?.message ?? '', /cut off/)
  })

  describe('compressed records of the format before Kafka 0.11', () => {
    it('are refused above 2^53, where kafkajs gives them wrong offsets', async () => {
      const message = Buffer.alloc(40)
      message.writeBigInt64BE(2n ** 53n + 1n, 0)
      message.writeInt32BE(28, 8)
      message.writeInt8(1, AT.magic)
      message.writeInt8(1, 17)
      const { unreadable } = findingsOf(await decodeRecords(fixed, message)) ?? {}
      assert.match(unreadable?.message ?? '', /above 2\^53/)
    })
  })
})
