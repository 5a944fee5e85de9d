import assert from 'node:assert/strict'
import { ContractRig, lines, seen } from '../support/contract/contract-rig'
import type { RunningSource } from '../support/contract/running-source'

const LATE_MS = 300

describe('contract: a seek while a response is under way', () => {
  const rig = new ContractRig()

  /** A source that has read the first of three log groups, and whose fetch of the second is under way. */
  async function withResponseUnderWay(all: readonly string[]): Promise<RunningSource> {
    await rig.createLogstore(1)
    await rig.append(all.slice(0, 100))
    const source = rig.source()
    await source.untilRecords(100)
    await rig.emulator.delayAnswers(LATE_MS, { api: 'Fetch', times: 1 })
    // Once the long poll has gone into the fault, what comes next is in its response.
    await seen('a fetch that is answered late', async () => (await rig.faultsApplied())[0] === 1)
    await rig.append(all.slice(100))
    return source
  }

  it('a seek to the offset that is being fetched delivers each record once', async () => {
    const all = lines(300)
    const source = await withResponseUnderWay(all)
    const at = source.positions.get(0) ?? -1n
    source.seek(0, at)
    await source.untilRecords(300)
    assert.deepEqual(source.values(), all)
    await source.stop()
    assert.deepEqual(source.values(), all)
  })

  it('a seek elsewhere throws away what is under way', async () => {
    const all = lines(300)
    const source = await withResponseUnderWay(all)
    const first = BigInt(source.records[0]?.offset ?? -1)
    source.seek(0, first)
    await source.untilRecords(400)
    assert.deepEqual(source.values(), [...all.slice(0, 100), ...all])
  })

  it('of two seeks in a row the second one counts', async () => {
    const all = lines(300)
    const source = await withResponseUnderWay(all)
    const [first, , third] = source.records.map(({ offset }) => BigInt(offset))
    const at = source.positions.get(0) ?? -1n
    source.seek(0, first ?? -1n)
    source.seek(0, third ?? -1n)
    await source.untilRecords(398)
    assert.deepEqual(source.values(), [...all.slice(0, 100), ...all.slice(2)])
    // Away, and back to where the next fetch begins anyway.
    const end = source.positions.get(0) ?? -1n
    source.seek(0, at)
    source.seek(0, end)
    await rig.append(['after'])
    await source.untilRecords(399)
    assert.equal(source.values().at(-1), 'after')
  })

  it('a seek of a paused shard delivers each record once after the resume', async () => {
    await rig.createLogstore(2)
    const all = lines(1_000, 100)
    await rig.append(all, 0, 100)
    const source = rig.idleSource('paused', { maxBytesPerShard: '16384' })
    source.onFetched = ({ shard }) => {
      source.onFetched = () => undefined
      source.source.pause(shard)
    }
    source.start()
    await source.untilRecords(100)
    const delivered = source.records.length
    const position = source.positions.get(0) ?? -1n
    // By then what was under way has come.
    await rig.append(['behind'], 1)
    await source.until('the other shard', () => source.values(1).length > 0)
    assert.equal(source.values(0).length, delivered, 'nothing is delivered of a paused shard')
    source.seek(0, position)
    source.source.resume(0)
    await source.until('all of it', () => source.values(0).length >= all.length)
    await source.stop()
    assert.deepEqual(source.values(0), all)
  })
})
