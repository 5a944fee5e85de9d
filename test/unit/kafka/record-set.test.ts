import assert from 'node:assert/strict'
import { encodeRecordBatch } from '../../../tools/emulator/protocol/record-batch'
import { readRecords, texts } from '../../support/record-sets'

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

describe('kafka/record-set', () => {
  // Less than what SLS cuts a log group at would do; more shows it whatever the size of the stack.
  const many = batch(BASE, Array<string>(300_000).fill(''))

  it('reads a batch of very many records, in as many responses as it takes', async () => {
    let next = BASE
    let count = 0
    for (let isCutShort = true; isCutShort;) {
      const set = await readRecords(many, next)
      assert.equal(set.unreadable, null)
      assert.equal(set.records[0]?.offset, String(next))
      count += set.records.length
      next = (set.lastOffset ?? 0n) + 1n
      ;({ isCutShort } = set)
    }
    assert.equal(count, 300_000)
    assert.equal(next, BASE + 300_000n)
  })

  it('tells the last offset of a batch without records', async () => {
    const { records, lastOffset, unreadable, isCutShort } = await readRecords(
      emptyBatch(BASE, 131_071),
    )
    assert.deepEqual(records, [])
    assert.deepEqual(
      { lastOffset, unreadable, isCutShort },
      {
        ...{ lastOffset: BASE + 131_071n, unreadable: null, isCutShort: false },
      },
    )
  })

  it('reads what comes before a batch that an answer is cut in', async () => {
    const bytes = Buffer.concat([batch(BASE, ['a', 'b']), batch(BASE + 2n, ['c', 'd'])])
    for (const missing of [5, bytes.length / 2 - 5]) {
      const set = await readRecords(bytes.subarray(0, bytes.length - missing))
      assert.deepEqual(texts(set), ['a', 'b'])
      const { lastOffset, unreadable, isCutShort } = set
      assert.deepEqual(
        { lastOffset, unreadable, isCutShort },
        {
          ...{ lastOffset: BASE + 1n, unreadable: null, isCutShort: true },
        },
      )
    }
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
      const set = await readRecords(bytes)
      assert.deepEqual(texts(set), ['good'])
      const { lastOffset, unreadable } = set
      assert.equal(lastOffset, BASE)
      assert.equal(unreadable?.offset, BASE + 10n)
      assert.match(unreadable.message, reason)
    })
  }

  it('says that a first batch is cut off, which the service would send again and again', async () => {
    const bytes = batch(BASE, ['a', 'b'])
    for (const length of [1, 11, 12, 60, bytes.length - 1]) {
      const { unreadable } = await readRecords(bytes.subarray(0, length))
      assert.match(unreadable?.message ?? '', /cut off/)
    }
  })
})
