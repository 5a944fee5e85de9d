import assert from 'node:assert/strict'
import { ContractRig, lines, seen } from '../support/contract/contract-rig'

const GROUPS = 40
const PER_GROUP = 1_000
/** One log group in a response. */
const ONE_GROUP_AT_ONCE = { maxBytesPerShard: '16384' }

describe('contract: a stop in the middle of reading', () => {
  const rig = new ContractRig('--compression', 'gzip')

  it('a stop commits exactly what was delivered, wherever it comes', () => stops(rig, 40))

  it('a consumer with an empty queue commits no record that it has not sent', async () => {
    await rig.createLogstore(2)
    const all = lines(GROUPS * PER_GROUP, 40)
    for (const shard of [0, 1]) await rig.append(all, shard, PER_GROUP)
    const sent: string[][] = [[], []]
    for (const wanted of [1, 2_500, 9_000]) {
      const consumer = rig.consumer(ONE_GROUP_AT_ONCE, `to-${wanted}`)
      await consumer.untilMessages(wanted)
      await consumer.close()
      for (const { partition = -1, payload } of consumer.messages) {
        sent[partition]?.push(String(payload))
      }
    }
    const last = rig.consumer(ONE_GROUP_AT_ONCE, 'last')
    await last.untilMessages(2 * all.length - sent.flat().length)
    for (const { partition = -1, payload } of last.messages) sent[partition]?.push(String(payload))
    for (const shard of [0, 1]) assert.deepEqual(sent[shard], all)
  })

  it('a stop does not wait for the response to a fetch', async () => {
    await rig.createLogstore(1)
    await rig.append(['a'])
    const source = rig.source()
    await source.untilRecords(1)
    await rig.emulator.delayRequests(600_000, { api: 'Fetch' })
    await seen('a fetch', async () => (await rig.faultsApplied())[0] === 1)
    await source.stop()
    assert.deepEqual(await rig.committed(), source.positions)
    assert.deepEqual((await rig.groupState())?.members, [])
  })
})

describe('contract: a stop while the next response is on its way', () => {
  const rig = new ContractRig()

  it('a stop commits exactly what was delivered of large responses', () => stops(rig, 200))
})

/**
 * Each of several runs ends inside the call that delivers a batch.
 *
 * @param size of each record in characters
 */
async function stops(rig: ContractRig, size: number): Promise<void> {
  await rig.createLogstore(1)
  const all = lines(GROUPS * PER_GROUP, size)
  await rig.append(all, 0, PER_GROUP)
  const delivered: string[] = []
  for (const wanted of [1, 2, 3, 1]) {
    const source = rig.idleSource(`to-${wanted}`, ONE_GROUP_AT_ONCE)
    let batches = 0
    const stopped = new Promise<void>((resolve, reject) => {
      source.onFetched = () => {
        batches++
        if (batches === wanted) source.stop().then(resolve, reject)
      }
    })
    source.start()
    await stopped
    assert.deepEqual(source.outcomes, ['committed'])
    assert.deepEqual(await rig.committed(), source.positions)
    delivered.push(...source.values())
    const members = (await rig.groupState())?.members
    assert.deepEqual(members, [])
  }
  assert.ok(delivered.length < all.length, 'the runs end before the last record')
  const last = rig.source('last', ONE_GROUP_AT_ONCE)
  await last.untilRecords(all.length - delivered.length)
  assert.deepEqual([...delivered, ...last.values()], all)
}
