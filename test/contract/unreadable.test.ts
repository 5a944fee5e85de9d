import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { ContractRig, lines } from '../support/contract/contract-rig'
import type { RunningSource } from '../support/contract/running-source'
import { encodeRecord } from '../support/record-sets'

const GZIP = 1
/** Enough for each log group to be a response of its own. */
const WIDE = 15_000
/** A shard that fails for a moment, while its leader moves, is not told of. */
const AFTER_GRACE_MS = 2_000

const failuresOf = (source: RunningSource, shard: number) =>
  source.events.flatMap((event) =>
    event.type === 'shard-failed' && event.shard === shard ? [event] : [],
  )

describe('contract: a shard that cannot be read', () => {
  const rig = new ContractRig()

  for (const [what, payload] of [
    ['after decompression', gzipSync(Buffer.from('no records at all, but well compressed'))],
    ['because it cannot be decompressed', Buffer.from('no gzip')],
  ] as const) {
    it(`a batch unreadable ${what} stops its shard there, and no other`, async () => {
      await rig.createLogstore(2)
      const before = lines(3, WIDE)
      await rig.append(before, 0, 1)
      const first = BigInt(
        await rig.emulator.appendBatch(rig.logstore, 0, {
          attributes: GZIP,
          count: 3,
          payload,
        }),
      )
      // On its way already when the batch before it is found unreadable.
      await rig.append(lines(5, WIDE, 100), 0, 1)
      const source = rig.source('one', { maxBytesPerShard: '16384' })
      await source.until('the failure', () => failuresOf(source, 0).length > 0)
      assert.deepEqual(failuresOf(source, 0)[0]?.unreadable, { first, last: first + 2n })
      const others = lines(20, WIDE, 200)
      await rig.append(others, 1, 1)
      await source.until('the other shard', () => source.values(1).length === others.length)
      await source.stop()
      assert.deepEqual(source.values(0), before)
      assert.equal(failuresOf(source, 0).length, 1, 'the failure is told once')
      assert.equal(source.assignments.length, 1)
      const committed = (await rig.committed()).get(0) ?? -1n
      assert.ok(committed <= first, 'the batch is not committed')
    })
  }

  it('a seek behind an unreadable batch reads on there', async () => {
    await rig.createLogstore(1)
    await rig.append(['before'])
    const payload = Buffer.from('no gzip')
    await rig.emulator.appendBatch(rig.logstore, 0, { attributes: GZIP, count: 1, payload })
    const behind = await rig.nextOffset()
    await rig.append(['behind'])
    const source = rig.source()
    await source.until('the failure', () => failuresOf(source, 0).length > 0)
    source.seek(0, behind)
    await source.untilRecords(2)
    assert.deepEqual(source.values(), ['before', 'behind'])
  })

  it('a readable batch that is cut by the limit of a response is read on', async () => {
    await rig.createLogstore(1)
    const all = Array.from({ length: 400 }, (_, index) => `${index} `.padEnd(500, 'x'))
    const records = Buffer.concat(
      all.map((line, delta) => encodeRecord({ delta, value: Buffer.from(line) })),
    )
    const batch = { attributes: 0, count: all.length, payload: records }
    await rig.emulator.appendBatch(rig.logstore, 0, batch)
    const source = rig.source('one', { maxBytesPerShard: '16384' })
    await source.untilRecords(all.length)
    assert.deepEqual(source.values(), all)
  })

  it('a shard that is refused is told of after its grace, and the others go on', async () => {
    await rig.createLogstore(2)
    await rig.emulator.failRequests('KAFKA_STORAGE_ERROR', {
      api: 'Fetch',
      logstore: rig.logstore,
      shard: 1,
    })
    const began = performance.now()
    const source = rig.source()
    await rig.append(['a'])
    await source.untilRecords(1)
    assert.deepEqual(failuresOf(source, 1), [])
    await source.until('the failure', () => failuresOf(source, 1).length > 0)
    assert.ok(performance.now() - began >= AFTER_GRACE_MS)
    assert.equal(failuresOf(source, 1)[0]?.unreadable, null)
    await rig.append(['x'], 1)
    await rig.append(['b'])
    await source.until('the other shard', () => source.values(0).length === 2)
    assert.deepEqual(source.values(1), [])
    assert.equal(source.assignments.length, 1)
  })
})
