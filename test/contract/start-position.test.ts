import assert from 'node:assert/strict'
import { ContractRig, lines } from '../support/contract/contract-rig'

const SHARDS = 3
const LATEST = { startFrom: 'latest' } as const

describe('contract: a new group that starts at the latest record', () => {
  const rig = new ContractRig()

  async function fill(all: readonly string[]): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) await rig.append(all, shard)
  }

  /** What a group without committed offsets reads, from its start up to new records in each shard. */
  async function readsNewRecordsOnly(): Promise<void> {
    const source = rig.source('one', LATEST)
    await source.untilAssigned()
    await fill(['new'])
    await source.until('the new records', () =>
      Array.from({ length: SHARDS }, (_, shard) => source.values(shard)).every((values) =>
        values.includes('new'),
      ),
    )
    assert.deepEqual(source.values(), Array<string>(SHARDS).fill('new'))
  }

  it('a group that starts at latest reads no old record', async () => {
    await rig.createLogstore(SHARDS)
    await fill(lines(50))
    await readsNewRecordsOnly()
  })

  it('a shard whose end cannot be listed for a while is not read from its beginning', async () => {
    await rig.createLogstore(SHARDS)
    await fill(lines(50))
    await rig.emulator.failRequests('NOT_LEADER_FOR_PARTITION', {
      api: 'ListOffsets',
      logstore: rig.logstore,
      shard: 1,
      times: 2,
    })
    await readsNewRecordsOnly()
  })

  it('a shard whose first commit is refused for a while is not read from its beginning', async () => {
    await rig.createLogstore(SHARDS)
    await fill(lines(50))
    await rig.emulator.failRequests('COORDINATOR_LOAD_IN_PROGRESS', {
      api: 'OffsetCommit',
      logstore: rig.logstore,
      shard: 1,
      times: 2,
    })
    await readsNewRecordsOnly()
  })

  it('a group with a committed offset goes on there, whatever its start is', async () => {
    await rig.createLogstore(SHARDS)
    const all = lines(100)
    await rig.append(all.slice(0, 50))
    const first = rig.source('first')
    await first.untilRecords(50)
    await first.stop()
    await rig.append(all.slice(50))
    const second = rig.source('second', LATEST)
    await second.untilRecords(50)
    assert.deepEqual(second.values(), all.slice(50))
  })
})
