import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { ContractRig } from '../support/contract/contract-rig'
import { logAppendTime, messageSet } from '../support/contract/old-formats'
import { encodeRecord } from '../support/record-sets'

const TRANSACTIONAL = 0x10
const CONTROL = 0x20
const GZIP = 1
/** Beyond 2^53 when it is multiplied by 2^17. */
const BEYOND = 68_719_476_737
const VALUES = ['one', 'two', 'three']

const recordsOf = (values: readonly string[]): Buffer =>
  Buffer.concat(values.map((value, delta) => encodeRecord({ delta, value: Buffer.from(value) })))

describe('contract: records of every format', () => {
  const rig = new ContractRig()

  it('control batches are stepped over, and committed', async () => {
    await rig.createLogstore(1)
    const { emulator, logstore } = rig
    const count = VALUES.length
    await emulator.appendBatch(logstore, 0, {
      attributes: TRANSACTIONAL,
      count,
      payload: recordsOf(VALUES),
    })
    const key = Buffer.of(0, 0, 0, 1)
    const payload = encodeRecord({ key, value: Buffer.alloc(6) })
    const attributes = TRANSACTIONAL | CONTROL
    await emulator.appendBatch(logstore, 0, { attributes, count: 1, payload })
    await rig.append(['behind'])
    const end = BigInt(await emulator.appendBatch(logstore, 0, { attributes, count: 1, payload }))
    const source = rig.source()
    await source.until('the last control batch', () => source.positions.get(0) === end + 1n)
    await source.stop()
    assert.deepEqual(source.values(), [...VALUES, 'behind'])
    assert.equal((await rig.committed()).get(0), end + 1n)
  })

  it('records of aborted transactions are delivered, and the list of them is skipped', async () => {
    await rig.createLogstore(2)
    await rig.emulator.listAbortedTransactions(3)
    for (const shard of [0, 1]) {
      await rig.emulator.appendBatch(rig.logstore, shard, {
        attributes: TRANSACTIONAL,
        count: VALUES.length,
        payload: recordsOf(VALUES),
      })
    }
    const source = rig.source()
    await source.untilRecords(2 * VALUES.length)
    for (const shard of [0, 1]) assert.deepEqual(source.values(shard), VALUES)
  })

  it('records with LogAppendTime have the time of their batch', async () => {
    await rig.createLogstore(1)
    const time = 1_700_000_000_123
    const batch = logAppendTime(recordsOf(VALUES), VALUES.length, time)
    await rig.emulator.appendBatch(rig.logstore, 0, batch)
    const source = rig.source()
    await source.untilRecords(VALUES.length)
    const times = source.records.map(({ timestamp }) => timestamp)
    assert.deepEqual(times, Array<number>(VALUES.length).fill(time))
  })

  for (const magic of [0, 1] as const) {
    for (const isPacked of [false, true]) {
      const how = isPacked ? 'in gzip' : 'plain'
      it(`messages of magic ${magic} ${how} arrive with their offsets`, async () => {
        await rig.createLogstore(1, BEYOND)
        const first = await rig.nextOffset()
        assert.ok(first > BigInt(Number.MAX_SAFE_INTEGER))
        const { length } = VALUES
        const bytes = messageSet({ magic, isPacked, first, values: VALUES })
        await rig.emulator.appendBatch(rig.logstore, 0, {
          bytes,
          count: length,
          offsets: length,
        })
        await rig.append(['behind'])
        const source = rig.source()
        await source.untilRecords(length + 1)
        assert.deepEqual(source.values(), [...VALUES, 'behind'])
        assert.deepEqual(
          source.records.slice(0, length).map(({ offset }) => BigInt(offset)),
          VALUES.map((_, index) => first + BigInt(index)),
        )
      })
    }
  }

  it('offsets beyond 2^53 are exact in records and in commits', async () => {
    await rig.createLogstore(1, BEYOND)
    const first = await rig.nextOffset()
    await rig.append(VALUES)
    const source = rig.source()
    await source.untilRecords(VALUES.length)
    await source.stop()
    assert.deepEqual(
      source.records.map(({ offset }) => BigInt(offset)),
      VALUES.map((_, index) => first + BigInt(index)),
    )
    assert.equal((await rig.committed()).get(0), first + BigInt(VALUES.length))
  })

  it('keys, null values and headers arrive as they were written', async () => {
    await rig.createLogstore(1)
    const headers = [
      ['trace', Buffer.from('a')],
      ['trace', null],
      ['__proto__', Buffer.from('b')],
    ] as const
    const payload = gzipSync(encodeRecord({ key: Buffer.from('key'), value: null, headers }))
    await rig.emulator.appendBatch(rig.logstore, 0, { attributes: GZIP, count: 1, payload })
    const source = rig.source()
    await source.untilRecords(1)
    const [record] = source.records
    assert.equal(record?.key?.toString(), 'key')
    assert.equal(record.value, null)
    assert.deepEqual(record.headers, headers)
  })

  it('offsets without a record are stepped over, and committed', async () => {
    await rig.createLogstore(1)
    const { emulator, logstore } = rig
    await emulator.appendFiltered(logstore, 0, [null, null, null])
    await emulator.appendFiltered(logstore, 0, ['a', null])
    const last = BigInt(await emulator.appendFiltered(logstore, 0, [null, null]))
    const source = rig.source()
    await source.until('the end', () => source.positions.get(0) === last + 2n)
    await source.stop()
    assert.deepEqual(source.values(), ['a'])
    assert.equal((await rig.committed()).get(0), last + 2n)
  })
})
