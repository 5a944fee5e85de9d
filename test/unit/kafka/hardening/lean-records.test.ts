import assert from 'node:assert/strict'
import { encodeRecordBatch } from '../../../../emulator/protocol/record-batch'
import * as leanBatches from '../../../../lib/kafka/hardening/lean-batches'
import * as leanRecords from '../../../../lib/kafka/hardening/lean-records'
import { decodeRecords, kafkajsWith } from '../../../support/kafkajs-modules'

const stock = kafkajsWith()
const lean = kafkajsWith(leanRecords)

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

interface Decoded {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: unknown
  readonly isControlRecord: boolean
  readonly magicByte: number
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean }
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

/** Of what kafkajs gives, the parts that anybody uses. */
async function decoded(modules: typeof stock, bytes: Buffer): Promise<Decoded[]> {
  const records = (await decodeRecords(modules, bytes)) as unknown as Decoded[]
  return records.map(({ offset, timestamp, key, value, headers, isControlRecord, ...rest }) => ({
    ...{ offset, timestamp, key, value, isControlRecord, magicByte: rest.magicByte },
    headers: Object.keys(headers ?? {}).length > 0 ? headers : null,
    batchContext: {
      producerId: rest.batchContext.producerId,
      inTransaction: rest.batchContext.inTransaction,
    },
  }))
}

// Headers a=1, b=null, a=2, as zigzag numbers of one byte.
const WITH_HEADERS = [36, 0, 0, 0, 1, 1, 6, 2, 97, 2, 49, 2, 98, 1, 2, 97, 2, 50, 0]
WITH_HEADERS[0] = 2 * (WITH_HEADERS.length - 2)
WITH_HEADERS.pop()

describe('kafka/hardening/lean-records', () => {
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
    ['control records', changed((bytes) => bytes.writeInt16BE(0x20, AT.attributes))],
    ['headers, also null and of the same name', withRecords(WITH_HEADERS)],
  ]
  for (const [what, bytes] of cases) {
    it(`reads like kafkajs ${what}`, async () => {
      const expected = await decoded(stock, bytes)
      assert.ok(expected.length > 0)
      assert.deepEqual(await decoded(lean, bytes), expected)
    })
  }

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
      await assert.rejects(decodeRecords(lean, bytes), RangeError)
    })
  }
})

describe('kafka/hardening/lean-batches', () => {
  interface Batch {
    readonly messages: readonly { offset: string }[]
    readonly rawMessages: readonly unknown[]
    isEmptyIncludingFiltered(): boolean
  }
  type BatchClass = new (topic: string, offset: string, data: unknown) => Batch
  const file = 'src/consumer/batch.js'
  const batchOf = (fetched: string, data: object): Batch => {
    const Batch = kafkajsWith(leanBatches).load(file) as BatchClass
    return new Batch('logs', fetched, { partition: 3, highWatermark: '99', ...data })
  }
  const record = (offset: number, isControlRecord = false): object => ({
    ...{ offset: String(offset), key: null, isControlRecord },
    batchContext: { producerId: '7', inTransaction: true },
  })
  const offsets = ({ messages }: Batch): string[] => messages.map(({ offset }) => offset)

  it('gives what begins where it was asked for, without control records', () => {
    const messages = [record(10), record(11, true), record(12)]
    const batch = batchOf('10', { messages })
    assert.deepEqual(offsets(batch), ['10', '12'])
    assert.equal(batch.rawMessages, messages)
    assert.equal(batch.isEmptyIncludingFiltered(), false)
    assert.deepEqual(
      { ...batch, messages: 0 },
      {
        ...{ topic: 'logs', partition: 3, fetchedOffset: '10', highWatermark: '99' },
        ...{ rawMessages: messages, messagesWithinOffset: messages, messages: 0 },
      },
    )
  })

  it('drops what comes before that', () => {
    const batch = batchOf('12', { messages: [record(10), record(12), record(13)] })
    assert.deepEqual(offsets(batch), ['12', '13'])
    assert.equal(batchOf('12', { messages: [] }).isEmptyIncludingFiltered(), true)
  })

  it('leaves aborted transactions to kafkajs', () => {
    const abortedTransactions = [{ producerId: '7', firstOffset: '10' }]
    const batch = batchOf('10', { messages: [record(10)], abortedTransactions })
    assert.deepEqual(offsets(batch), [])
  })
})
