import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { ResponseBudget } from '../../../lib/kafka/records/batch-budget'
import { RecordQueue } from '../../../lib/delivery/record-queue'
import { Lender } from '../../../lib/kafka/records/lent-bytes'
import { fetchShards } from '../../../lib/kafka/fetch/fetch-request'
import type { Bytes, FetchedRecord, FetchedRecords } from '../../../lib/kafka/log-source'
import { fetchResponse } from '../../support/fetch-response-body'
import { messageSet } from '../../support/contract/old-formats'
import { batchAround, encodeRecord, readSet, taken } from '../../support/record-sets'

const plain = (base: bigint, count: number): Buffer =>
  batchAround(base, Buffer.concat(encoded(count)), { count })

function encoded(count: number): Buffer[] {
  return Array.from({ length: count }, (_, delta) =>
    encodeRecord({ delta, key: Buffer.from('key'), value: Buffer.from(`value ${delta}`) }),
  )
}

describe('kafka/lent-bytes', () => {
  let released: number

  beforeEach(() => {
    released = 0
  })

  async function read(bytes: Buffer, from = 0n): Promise<FetchedRecords> {
    const set = await readSet(bytes, from, new ResponseBudget(), () => released++)
    return set.records
  }

  it('are released once the last record of all batches was taken', async () => {
    const records = await read(Buffer.concat([plain(0n, 3), plain(3n, 2)]))
    for (const count of [2, 2]) taken(records, count)
    assert.equal(released, 0)
    assert.deepEqual(taken(records, 9), [{ offset: '4', value: 'value 1' }])
    assert.equal(released, 1)
    taken(records, 1)
    assert.equal(released, 1)
  })

  it('are not released before all were lent', () => {
    const lender = new Lender(() => released++)
    lender.lend(Buffer.alloc(1)).release()
    assert.equal(released, 0)
    lender.complete()
    assert.equal(released, 1)
  })

  it('are released only after the last record was used', async () => {
    const queue = new RecordQueue()
    queue.push(await read(plain(0n, 2)))
    queue.take(2, ({ value }) => {
      assert.match(String(value?.toString()), /^value [01]$/)
      assert.equal(released, 0)
    })
    assert.equal(released, 1)
  })

  it('cannot be read after that', async () => {
    const records = await read(plain(0n, 1))
    const kept: Bytes[] = []
    records.take(1, ({ key, value }) => {
      if (key && value) kept.push(key, value)
    })
    assert.equal(kept.length, 2)
    for (const bytes of kept) {
      assert.throws(() => bytes.toString(), /bytes that were released/)
      assert.throws(() => bytes.subarray(), /bytes that were released/)
    }
  })

  it('stay while a record is left, or all were taken to be kept', async () => {
    const records = await read(Buffer.concat([plain(0n, 2), plain(2n, 2)]))
    taken(records, 3)
    assert.deepEqual(
      records.takeAll().map(({ value }) => value?.toString()),
      ['value 1'],
    )
    taken(records, 1)
    assert.deepEqual([records.length, records.size, released], [0, 0, 0])
  })

  it('are released at once if no record refers to them', async () => {
    const compressed = batchAround(0n, gzipSync(Buffer.concat(encoded(2))), { codec: 1, count: 2 })
    const inside = plain(0n, 4)
    const sets: [string, Buffer, bigint, number][] = [
      ['compressed', compressed, 0n, 2],
      ['copied, because it was asked for from inside', inside, 2n, 2],
      ['not asked for', inside, 4n, 0],
    ]
    for (const [what, bytes, from, count] of sets) {
      released = 0
      const records = await read(bytes, from)
      assert.deepEqual([records.length, released], [count, 1], what)
      bytes.fill(0xee)
      assert.match(taken(records, 9).at(-1)?.value ?? 'value', /^value/, what)
    }
  })

  it('are released, and counted, also if the use of the last record fails', async () => {
    const records = await read(Buffer.concat([plain(0n, 1), plain(1n, 2)]))
    const queue = new RecordQueue()
    queue.push(records)
    const used: string[] = []
    const use = ({ offset }: FetchedRecord): void => {
      used.push(offset)
      throw new Error('use')
    }
    for (const left of [2, 1, 0]) {
      assert.throws(() => queue.take(9, use), /use/)
      assert.deepEqual([queue.length, queue.bytes], [left, records.size])
    }
    assert.deepEqual(used, ['0', '1', '2'])
    assert.equal(queue.take(9, use), 0)
    assert.equal(released, 1)
  })

  it('are released by the request that was answered with them', async () => {
    const shard = { shard: 0, offset: 0n, maxBytes: 1_000 }
    const fields = { logstore: 'logs', maxWaitMs: 0, minBytes: 1, maxBytes: 1_000 }
    const body = fetchResponse(10, [{ shard: 0, records: plain(0n, 2) }])
    const request = fetchShards({ ...fields, shards: [shard] })
    const { shards } = await request.decode(body, 10, () => released++)
    const records = shards[0]?.records
    assert.ok(records)
    taken(records, 1)
    assert.equal(released, 0)
    taken(records, 1)
    assert.equal(released, 1)
  })

  it('are never released if records of old formats refer to them', async () => {
    const bytes = messageSet({ magic: 1, isPacked: false, first: 1n, values: ['old'] })
    const records = await read(Buffer.concat([plain(0n, 1), bytes]))
    assert.deepEqual(
      taken(records, 9).map(({ value }) => value),
      ['value 0', 'old'],
    )
    assert.equal(released, 0)
  })

  it('are released also before a batch that cannot be read', async () => {
    const broken = plain(0n, 2)
    broken.fill(0xff, broken.length - 4)
    const records = await read(Buffer.concat([plain(0n, 1), broken]))
    assert.equal(taken(records, 9).length, 1)
    assert.equal(released, 1)
  })
})
