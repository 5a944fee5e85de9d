import assert from 'node:assert/strict'
import { encodeRecordBatch } from '../../../tools/emulator/protocol/record-batch'
import type { FetchedRecord } from '../../../lib/kafka/log-source'
import { Random } from '../../../tools/shared/random'
import { decodeRecords } from '../../support/kafkajs-modules'
import {
  batchAround,
  encodeRecord,
  readRecords,
  readSet,
  texts,
  type RecordParts,
} from '../../support/record-sets'

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000)

const BASE = 4_587_520_000_000_000_000n
const RECORDS_AT = 61
const AT = {
  length: 8,
  attributes: 21,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
} as const
const UNCOUNTED = 12

/** As kafkajs gives them: by name, of which several have a list. */
type NamedHeaders = Record<string, Buffer | null | (Buffer | null)[]>

interface StockRecord extends Omit<FetchedRecord, 'headers' | 'timestamp'> {
  readonly timestamp: string
  readonly headers: NamedHeaders | undefined
}

const BATCH = encodeRecordBatch(BASE, [
  { timestamp: 1_700_000_000_000, key: 'content', value: 'one' },
  { timestamp: 1_700_000_000_001, key: null, value: 'ein längeres, 一个更长的'.repeat(20) },
  null,
  { timestamp: 1_700_000_000_001, key: '', value: '' },
  { timestamp: 1_600_000_000_000, key: 'earlier', value: 'than the first' },
  { timestamp: 9_000_000_000_000, key: 'much later', value: 'than the first' },
])

function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(BATCH)
  change(bytes)
  return bytes
}

/** The batch with other records than it had, of which each has its length in front. */
function withRecords(...records: readonly (readonly number[])[]): Buffer {
  const bytes = Buffer.concat([BATCH.subarray(0, RECORDS_AT), Buffer.from(records.flat())])
  bytes.writeInt32BE(records.length, RECORDS_AT - 4)
  bytes.writeInt32BE(bytes.length - UNCOUNTED, AT.length)
  return bytes
}

/** What kafkajs makes of it, in the form of ours. */
async function byStock(bytes: Buffer): Promise<object[]> {
  const records = (await decodeRecords(bytes)) as unknown as StockRecord[]
  return records.map(({ offset, timestamp, key, value, headers }) => ({
    ...{ offset, timestamp: Number(timestamp), key, value },
    headers: headers && Object.keys(headers).length > 0 ? headers : null,
  }))
}

async function byOurs(bytes: Buffer): Promise<object[]> {
  const { records, unreadable } = await readRecords(bytes)
  if (unreadable) throw unreadable
  return records.map(({ offset, timestamp, key, value, headers }) => {
    const [ownKey, ownValue] = [key?.subarray() ?? null, value?.subarray() ?? null]
    const record = { offset, timestamp, key: ownKey, value: ownValue }
    if (!headers) return { ...record, headers: null }
    const named: NamedHeaders = {}
    for (const [name, value] of headers) {
      const known = named[name]
      if (known === undefined) named[name] = value
      else named[name] = Array.isArray(known) ? [...known, value] : [known, value]
    }
    return { ...record, headers: named }
  })
}

// Headers a=1, b=null, a=2, as zigzag numbers of one byte.
const WITH_HEADERS = [36, 0, 0, 0, 1, 1, 6, 2, 97, 2, 49, 2, 98, 1, 2, 97, 2, 50, 0]
WITH_HEADERS[0] = 2 * (WITH_HEADERS.length - 2)
WITH_HEADERS.pop()

describe('kafka/record-batch', () => {
  const cases: readonly [string, Buffer][] = [
    ['keys and values, also null and empty, and times that go back and far ahead', BATCH],
    [
      'one time for all, given by the service',
      changed((bytes) => bytes.writeInt16BE(0x08, AT.attributes)),
    ],
    ['times before 1970', changed((bytes) => bytes.writeBigInt64BE(-5n, AT.firstTimestamp))],
    ['offsets below 2^53', changed((bytes) => bytes.writeBigInt64BE(0n, 0))],
    [
      'records of a transaction',
      changed((bytes) => {
        bytes.writeInt16BE(0x10, AT.attributes)
        bytes.writeBigInt64BE(77n, AT.producerId)
      }),
    ],
    ['headers, also null and of the same name', withRecords(WITH_HEADERS)],
  ]
  for (const [what, bytes] of cases) {
    it(`reads like kafkajs ${what}`, async () => {
      const expected = await byStock(bytes)
      assert.ok(expected.length > 0)
      assert.deepEqual(await byOurs(bytes), expected)
    })
  }

  it(`reads like kafkajs whatever records a batch has (FUZZ_SEED=${SEED})`, async () => {
    const random = new Random(SEED)
    for (let round = 0; round < 60; round++) {
      const text = (): Buffer => Buffer.alloc(random.pick([0, 1, 7, 300]), random.between(32, 255))
      const maybe = (): Buffer | null => (random.isHeads() ? text() : null)
      const count = random.between(1, 30)
      const records = Array.from({ length: count }, (_, index) =>
        encodeRecord({
          delta: index * random.between(1, 9),
          key: maybe(),
          value: maybe(),
          headers: Array.from({ length: random.pick([0, 0, 1, 5]) }, () => [
            `h${random.between(0, 3)}`,
            text(),
          ]),
        }),
      )
      const bytes = batchAround(random.isHeads() ? 5n : BASE, Buffer.concat(records), { count })
      assert.deepEqual(await byOurs(bytes), await byStock(bytes), `round ${round}`)
    }
  })

  const broken: readonly [string, Buffer][] = [
    ['a length that goes beyond the batch', withRecords([100, 0, 0, 0, 1, 1, 0])],
    ['a length that its fields do not fill', withRecords([16, 0, 0, 0, 1, 1, 0, 0, 0])],
    ['a negative length', withRecords([1])],
    ['a value beyond the batch', withRecords([12, 0, 0, 0, 1, 100, 0])],
    ['a number that never ends', withRecords(Array<number>(20).fill(0xff))],
    ['fewer records than it tells', changed((bytes) => bytes.writeInt32BE(6, RECORDS_AT - 4))],
  ]
  for (const [what, bytes] of broken) {
    it(`refuses ${what}`, async () => {
      const { records, unreadable } = await readRecords(bytes)
      assert.deepEqual(records, [])
      assert.ok(unreadable?.cause instanceof RangeError)
    })
  }

  it('steps over control records, which are of transactions', async () => {
    const { records, lastOffset } = await readRecords(
      changed((bytes) => bytes.writeInt16BE(0x20, AT.attributes)),
    )
    assert.deepEqual(records, [])
    assert.equal(lastOffset, BASE + 5n)
  })

  it('leaves out what comes before the offset that was asked for', async () => {
    const set = await readRecords(BATCH, BASE + 2n)
    assert.deepEqual(texts(set), ['', 'than the first', 'than the first'])
    assert.equal(set.records[0]?.offset, String(BASE + 3n))
    const later = await readRecords(BATCH, BASE + 6n)
    assert.deepEqual(later.records, [])
    assert.equal(later.lastOffset, BASE + 5n)
  })

  it('leaves out what was not asked for also between other records', async () => {
    const deltas = [0, 5, 1, 6, 2, 2, 7]
    const records = deltas.map((delta) => encodeRecord({ delta, value: Buffer.from(`${delta}`) }))
    const batch = batchAround(0n, Buffer.concat(records), { count: records.length })
    assert.deepEqual(texts(await readRecords(batch, 3n)), ['5', '6', '7'])
  })

  it('leaves out what was not asked for also before the first offset of its batch', async () => {
    const deltas = [0, -3, 1, -2, 2]
    const records = deltas.map((delta) => encodeRecord({ delta, value: Buffer.from(`${delta}`) }))
    const batch = batchAround(10n, Buffer.concat(records), { count: records.length })
    assert.deepEqual(texts(await readRecords(batch, 8n)), ['0', '1', '-2', '2'])
  })

  it('gives each record its own offset, also after a negative one', async () => {
    const deltas = [-112, -12, 0, 1, 50, 149, 150, 99, 1_000]
    const records = deltas.map((delta) => encodeRecord({ delta, value: Buffer.from('x') }))
    const batch = batchAround(0n, Buffer.concat(records), { count: records.length })
    const { records: read } = await readRecords(batch, -112n)
    assert.deepEqual(
      read.map(({ offset }) => offset),
      deltas.map(String),
    )
  })

  it('gives each record its own key, also after one that is nearly the same', async () => {
    const long = 'k'.repeat(32)
    const keys = ['name', 'name', 'game', 'gate', 'gat', 'gates', null, 'gates', '', 'gates']
    const all = [...keys, long, `${long}1`, `${long}1`, `${long}2`]
    const records = all.map((key, delta) =>
      encodeRecord({ delta, key: key === null ? null : Buffer.from(key) }),
    )
    const bytes = batchAround(0n, Buffer.concat(records), { count: all.length })
    const read: (string | null)[] = []
    const { records: fetched } = await readSet(bytes)
    fetched.take(all.length, ({ key }) => read.push(key?.toString() ?? null))
    assert.deepEqual(read, all)
  })

  it('does not keep a batch of which little was asked for in memory', async () => {
    const large = encodeRecord({ value: Buffer.alloc(2 ** 20) })
    const small = encodeRecord({ delta: 1, value: Buffer.from('small') })
    const batch = batchAround(0n, Buffer.concat([large, small]), { count: 2 })
    const { value } = (await readRecords(batch, 1n)).records[0] ?? {}
    assert.equal(value?.toString(), 'small')
    // A small Buffer is a slice of a pool, which differs from release to release of Node.js.
    assert.ok(value.subarray().buffer.byteLength < 2 ** 20)
  })

  it('copies a part of a batch in pieces, so that memory is freed piece by piece', async () => {
    const large = Array.from({ length: 8 }, (_, delta) =>
      encodeRecord({ delta, value: Buffer.alloc(300_000) }),
    )
    const batch = batchAround(0n, Buffer.concat(large), { count: large.length })
    const { records } = await readRecords(batch, 1n)
    assert.equal(records.length, 7)
    for (const { value } of records) {
      assert.ok((value?.subarray().buffer.byteLength ?? Infinity) < 600_000)
    }
  })

  describe('headers', () => {
    const read = async (parts: RecordParts): Promise<FetchedRecord | undefined> =>
      (await readRecords(batchAround(0n, encodeRecord(parts)))).records[0]

    it('keep their order, also where names repeat', async () => {
      const headers = [
        ['trace', Buffer.from('a')],
        ['__proto__', Buffer.from('p')],
        ['trace', null],
        ['', Buffer.from('no name')],
      ] as const
      assert.deepEqual((await read({ headers }))?.headers, headers)
      assert.equal((await read({}))?.headers, null)
    })

    it('count with their overhead', async () => {
      const headers = Array.from({ length: 1_000 }, () => ['trace', Buffer.from('abc')] as const)
      const without = (await read({}))?.size ?? Infinity
      const size = (await read({ headers }))?.size ?? 0
      assert.ok(size - without > 1_000 * ('traceabc'.length + 200), `${size} bytes`)
    })

    it('are read in linear time, also 60,000 of one name', async () => {
      const headers = Array.from({ length: 60_000 }, () => ['trace', Buffer.from('x')] as const)
      assert.equal((await read({ headers }))?.headers?.length, 60_000)
    })

    it('beyond 65,536 of one record make its batch unreadable', async () => {
      const headers = Array.from({ length: 65_537 }, () => ['', null] as const)
      const { unreadable } = await readRecords(batchAround(0n, encodeRecord({ headers })))
      assert.match(unreadable?.message ?? '', /a record of 65537 headers/)
    })
  })
})
