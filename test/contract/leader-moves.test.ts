import assert from 'node:assert/strict'
import { ContractRig, lines, seen } from '../support/contract/contract-rig'

const SHARDS = 2
const NODES = 2

describe('contract: a shard that moves to another leader', () => {
  const rig = new ContractRig('--nodes', String(NODES))

  it('a move during the long poll loses and repeats no record', async () => {
    await rig.createLogstore(SHARDS)
    const all = lines(300)
    await rig.append(all.slice(0, 100))
    const source = rig.source()
    await source.untilRecords(100)
    await rig.emulator.moveLeader(rig.logstore, 0, 2)
    await rig.append(all.slice(100, 200))
    await source.untilRecords(200)
    await rig.emulator.moveLeader(rig.logstore, 0, 1)
    await rig.append(all.slice(200))
    await source.untilRecords(300)
    await source.stop()
    assert.deepEqual(source.values(), all)
    assert.deepEqual(await rig.committed(), source.positions)
    assert.equal(source.assignments.length, 1, 'a move of a leader is no reason to join again')
  })

  it('moves while responses are under way lose and repeat no record', async () => {
    await rig.createLogstore(SHARDS)
    const all = lines(800, 200)
    const source = rig.source('one', { maxBytesPerShard: '16384' })
    await source.untilAssigned()
    await rig.emulator.delayAnswers(100, { api: 'Fetch' })
    for (let round = 0; round < 4; round++) {
      const part = all.slice(round * 200, (round + 1) * 200)
      for (let shard = 0; shard < SHARDS; shard++) await rig.append(part, shard, 50)
      const before = (await rig.faultsApplied())[0] ?? 0
      await seen('responses', async () => ((await rig.faultsApplied())[0] ?? 0) > before + 1)
      // Both at once: each node leads what the other one led.
      for (let shard = 0; shard < SHARDS; shard++) {
        const node = 1 + ((round + 1 + shard) % NODES)
        await rig.emulator.moveLeader(rig.logstore, shard, node)
      }
    }
    await rig.emulator.clearFaults()
    await source.untilRecords(SHARDS * all.length)
    await source.stop()
    for (let shard = 0; shard < SHARDS; shard++) assert.deepEqual(source.values(shard), all)
    assert.deepEqual(await rig.committed(), source.positions)
  })
})
