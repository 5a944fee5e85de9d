import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { encodeRecordBatch } from '../../../tools/emulator/protocol/record-batch'
import {
  nextOffsetsOf,
  readFetchResponse,
  type FetchedShardSet,
} from '../../../lib/kafka/fetch/fetch-response'
import { fetchResponse, type FetchedPart } from '../../support/fetch-response-body'
import { batchAround, encodeRecord, taken } from '../../support/record-sets'

const MIB = 1_048_576
const LOGSTORE = 'logs'

async function read(
  parts: readonly FetchedPart[],
  from = 0n,
  { version = 10, maxBytes = 4 * MIB } = {},
): Promise<FetchedShardSet[]> {
  const bytes = fetchResponse(version, parts)
  const { shards } = await readFetchResponse(bytes, version, { askedFor: () => from, maxBytes })
  return [...shards]
}

const valuesOf = ({ records }: FetchedShardSet): (string | null)[] =>
  taken(records, Infinity).map(({ value }) => value)

function batch(base: bigint, ...values: string[]): Buffer {
  return encodeRecordBatch(
    base,
    values.map((value) => ({ timestamp: 0, key: null, value })),
  )
}

function manyBatches(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => batch(BigInt(index), '')))
}

/** In gzip, `count` records with values of `size` bytes. */
function packed(base: bigint, count: number, size: number): Buffer {
  const records = Array.from({ length: count }, (_, delta) =>
    encodeRecord({ delta, value: Buffer.alloc(size, 97) }),
  )
  return batchAround(base, gzipSync(Buffer.concat(records), { level: 1 }), { codec: 1, count })
}

describe('kafka/fetch-response', () => {
  for (let version = 0; version <= 11; version++) {
    it(`reads version ${version}`, async () => {
      const bytes = fetchResponse(version, [
        { shard: 3, records: batch(10n, 'a', 'b'), aborted: 2 },
        { shard: 4, error: 6 },
      ])
      const context = { askedFor: () => 10n, maxBytes: 4 * MIB }
      const { throttleMs, shards } = await readFetchResponse(bytes, version, context)
      assert.equal(throttleMs, version === 0 ? 0 : 7)
      assert.deepEqual(
        shards.map(({ logstore, shard, errorCode, highWatermark }) => ({
          ...{ logstore, shard, errorCode, highWatermark },
        })),
        [
          { logstore: LOGSTORE, shard: 3, errorCode: 0, highWatermark: 99n },
          { logstore: LOGSTORE, shard: 4, errorCode: 6, highWatermark: 99n },
        ],
      )
      const [first] = shards
      assert.ok(first)
      assert.deepEqual(valuesOf(first), ['a', 'b'])
      assert.equal(first.lastOffset, 11n)
    })
  }

  it('refuses a response that is cut off, at every byte', async () => {
    const whole = fetchResponse(10, [{ shard: 0, records: batch(0n, 'a') }])
    const context = { askedFor: () => 0n, maxBytes: 4 * MIB }
    for (let length = 0; length < whole.length; length++) {
      await assert.rejects(readFetchResponse(whole.subarray(0, length), 10, context), RangeError)
    }
  })

  it('tells an empty shard at its end from one that there was perhaps no room for', async () => {
    const records = batch(0n, 'a')
    const parts = [{ shard: 0 }, { shard: 1, records }, { shard: 2 }]
    for (const [maxBytes, isLastCutShort] of [
      [2 * records.length, true],
      [2 * records.length + 1, false],
    ] as const) {
      const shards = await read(parts, 0n, { maxBytes })
      assert.deepEqual(
        shards.map(({ isCutShort }) => isCutShort),
        [false, false, isLastCutShort],
      )
    }
  })

  it('stops at one unreadable batch of a shard, and reads the others', async () => {
    const bad = batchAround(0n, Buffer.from('40fcfaffffff0000', 'hex'), { codec: 2 })
    const [first, second] = await read([
      { shard: 0, records: bad },
      { shard: 1, records: batch(0n, 'a') },
    ])
    assert.match(first?.unreadable?.message ?? '', /^snappy: /)
    assert.ok(second)
    assert.deepEqual(valuesOf(second), ['a'])
  })

  describe('within a budget for the whole response', () => {
    it('reads a batch of 48 MiB in parts of 16 MiB, one in each response', async () => {
      const records = packed(100n, 48, MIB - 100)
      for (const [from, isCutShort] of [
        [100n, true],
        [116n, true],
        [132n, false],
      ] as const) {
        const [part] = await read([{ shard: 0, records }], from)
        assert.equal(part?.records.length, 16)
        assert.equal(taken(part.records, 1)[0]?.offset, String(from))
        assert.deepEqual([part.lastOffset, part.isCutShort], [from + 15n, isCutShort])
      }
    })

    it('reads a single record that is larger than the budget', async () => {
      const [first] = await read([{ shard: 0, records: packed(0n, 1, 60 * MIB) }])
      const [record] = first?.records.takeAll() ?? []
      assert.equal(record?.value?.length, 60 * MIB)
      assert.equal(first?.isCutShort, false)
    })

    it('leaves a later batch that does not fit, and shards behind it, for the next time', async () => {
      const large = packed(0n, 20, MIB)
      const shards = await read([
        { shard: 0, records: Buffer.concat([large, packed(20n, 20, MIB)]) },
        { shard: 1, records: large },
        { shard: 2, records: batch(0n, 'small') },
      ])
      assert.deepEqual(
        shards.map(({ records, lastOffset, isCutShort }) => [
          records.length,
          lastOffset,
          isCutShort,
        ]),
        [
          [20, 19n, true],
          [0, null, true],
          [1, 0n, false],
        ],
      )
    })

    it('counts records, also of batches that are not compressed', async () => {
      const values = Array<string>(100_000).fill('')
      const [first, second] = await read([
        { shard: 0, records: batch(0n, ...values) },
        { shard: 1, records: batch(0n, ...values) },
      ])
      assert.deepEqual([first?.records.length, first?.isCutShort], [100_000, false])
      assert.deepEqual([second?.records.length, second?.isCutShort], [0, true])
    })

    it('counts headers', async () => {
      const headers = Array.from({ length: 30_000 }, () => ['a', null] as const)
      const records = Buffer.concat([0, 1, 2, 3].map((delta) => encodeRecord({ delta, headers })))
      const set = batchAround(0n, records, { count: 4 })
      const [first] = await read([{ shard: 0, records: set }])
      assert.deepEqual([first?.records.length, first?.lastOffset, first?.isCutShort], [2, 1n, true])
      const [second] = await read([{ shard: 0, records: set }], 2n)
      assert.deepEqual([second?.records.length, second?.isCutShort], [2, false])
    })

    it('counts the headers of all batches together', async () => {
      const headers = Array.from({ length: 40_000 }, () => ['a', null] as const)
      const records = batchAround(0n, encodeRecord({ headers }))
      const [first, second] = await read([
        { shard: 0, records },
        { shard: 1, records },
      ])
      assert.deepEqual([first?.records.length, first?.isCutShort], [1, false])
      assert.deepEqual([second?.records.length, second?.isCutShort], [0, true])
    })

    it('refuses nine million records of seven bytes that all have one offset', async () => {
      const count = (64 * MIB) / 7 - 1
      const content = Buffer.alloc(Math.floor(count) * 7, encodeRecord({}))
      const records = batchAround(0n, gzipSync(content), { codec: 1, count: Math.floor(count) })
      const [first] = await read([{ shard: 0, records }])
      assert.match(first?.unreadable?.message ?? '', /offsets that do not ascend/)
    })

    const lines = Array<string>(100_000).fill('')
    const contents: readonly [string, Buffer, least: number][] = [
      ['one batch of many records', batch(0n, ...lines), 100_000 / 2_500],
      ['many batches of one record', manyBatches(10_000), 10_000 / 125],
    ]
    for (const [what, records, least] of contents) {
      it(`gives the event loop its turns in ${what}`, async () => {
        let turns = 0
        const done = new AbortController()
        const counting = (async () => {
          for (; !done.signal.aborted; turns++) await setImmediate()
        })()
        await read([{ shard: 0, records }])
        done.abort()
        await counting
        assert.ok(turns >= least, `${turns} turns`)
      })
    }
  })

  describe('outlineOf', () => {
    /** Bytes of a response with these parts that does not throttle. */
    function calm(version: number, parts: readonly FetchedPart[]): Buffer {
      const bytes = fetchResponse(version, parts)
      if (version >= 1) bytes.writeInt32BE(0, 0)
      return bytes
    }

    for (let version = 0; version <= 11; version++) {
      it(`says where each shard goes on, in version ${version}`, () => {
        const bytes = calm(version, [
          { shard: 3, records: Buffer.concat([batch(10n, 'a', 'b'), batch(20n, 'c')]), aborted: 2 },
          { shard: 4, error: 6 },
          { shard: 5 },
        ])
        assert.deepEqual(
          nextOffsetsOf(bytes, version, LOGSTORE),
          new Map([
            [3, 21n],
            [5, null],
          ]),
        )
      })
    }

    it('counts whole batches only, and what a compressed one says of itself', () => {
      const cut = Buffer.concat([packed(10n, 500, 20), batch(510n, 'x').subarray(0, -1)])
      const half = batch(10n, 'x').subarray(0, 40)
      assert.deepEqual(
        nextOffsetsOf(
          calm(10, [
            { shard: 0, records: cut },
            { shard: 1, records: half },
          ]),
          10,
          LOGSTORE,
        ),
        new Map([
          [0, 510n],
          [1, null],
        ]),
      )
    })

    it('is null for a response that throttles, has an error, or is not complete', () => {
      const parts = [{ shard: 3, records: batch(10n, 'a') }]
      assert.equal(nextOffsetsOf(fetchResponse(10, parts), 10, LOGSTORE), null)
      const refused = calm(10, parts)
      refused.writeInt16BE(70, 4)
      assert.equal(nextOffsetsOf(refused, 10, LOGSTORE), null)
      assert.equal(nextOffsetsOf(calm(10, parts).subarray(0, -1), 10, LOGSTORE), null)
    })

    it('ends on any bytes', () => {
      const bytes = calm(10, [{ shard: 0, records: batch(10n, 'a', 'b') }])
      for (let at = 14; at < bytes.length; at++) {
        for (const value of [0, 0x7f, 0x80, 0xff]) {
          const damaged = Buffer.from(bytes)
          damaged[at] = value
          nextOffsetsOf(damaged, 10, LOGSTORE)
        }
      }
    })
  })
})
