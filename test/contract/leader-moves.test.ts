import assert from 'node:assert/strict'
import { Bench, lines, seen } from '../support/contract/bench'

const SHARDS = 2
const NODES = 2

describe('contract: a shard that moves to another leader', () => {
  const bench = new Bench('--nodes', String(NODES))

  it('a move during the long poll loses and repeats no record', async () => {
    await bench.createLogstore(SHARDS)
    const all = lines(300)
    await bench.append(all.slice(0, 100))
    const source = bench.source()
    await source.untilRecords(100)
    await bench.emulator.moveLeader(bench.logstore, 0, 2)
    await bench.append(all.slice(100, 200))
    await source.untilRecords(200)
    await bench.emulator.moveLeader(bench.logstore, 0, 1)
    await bench.append(all.slice(200))
    await source.untilRecords(300)
    await source.stop()
    assert.deepEqual(source.values(), all)
    assert.deepEqual(await bench.committed(), source.positions)
    assert.equal(source.assignments.length, 1, 'a move of a leader is no reason to join again')
  })

  it('moves while responses are under way lose and repeat no record', async () => {
    await bench.createLogstore(SHARDS)
    const all = lines(800, 200)
    const source = bench.source('one', { maxBytesPerShard: '16384' })
    await source.untilAssigned()
    await bench.emulator.delayAnswers(100, { api: 'Fetch' })
    for (let round = 0; round < 4; round++) {
      const part = all.slice(round * 200, (round + 1) * 200)
      for (let shard = 0; shard < SHARDS; shard++) await bench.append(part, shard, 50)
      const before = (await bench.faultsApplied())[0] ?? 0
      await seen('responses', async () => ((await bench.faultsApplied())[0] ?? 0) > before + 1)
      // Both at once: each node leads what the other one led.
      for (let shard = 0; shard < SHARDS; shard++) {
        const node = 1 + ((round + 1 + shard) % NODES)
        await bench.emulator.moveLeader(bench.logstore, shard, node)
      }
    }
    await bench.emulator.clearFaults()
    await source.untilRecords(SHARDS * all.length)
    await source.stop()
    for (let shard = 0; shard < SHARDS; shard++) assert.deepEqual(source.values(shard), all)
    assert.deepEqual(await bench.committed(), source.positions)
  })
})
