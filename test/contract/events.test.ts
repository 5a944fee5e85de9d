import assert from 'node:assert/strict'
import { ContractRig, lines, seen } from '../support/contract/contract-rig'

describe('contract: what a source reports', () => {
  const rig = new ContractRig()

  it('phases, the assignment, records and the end of a shard come in this order', async () => {
    await rig.createLogstore(1)
    await rig.append(lines(300))
    const source = rig.source()
    await source.until('the end', () => source.events.some(({ type }) => type === 'caught-up'))
    const names = source.events.map(({ type }) => type)
    const distinct = names.filter((name, index) => name !== names[index - 1])
    assert.deepEqual(distinct.slice(0, 5), [
      'connecting',
      'joining',
      'assigned',
      'fetched',
      'caught-up',
    ])
    const [assignment] = source.assignments
    assert.deepEqual(assignment?.shards, [0])
    assert.equal(assignment.kept.size, 0)
    assert.equal(assignment.total, 1)
    assert.equal(source.values().length, 300)
  })

  it('a position out of range is told of, and reading goes on at the earliest record', async () => {
    await rig.createLogstore(1)
    await rig.append(lines(10))
    const first = rig.source('first')
    await first.untilRecords(10)
    await first.stop()
    const lost = (await rig.committed()).get(0) ?? -1n
    await rig.append(lines(10, 0, 10))
    await rig.emulator.expireLogs(rig.logstore, 0)
    const found = await rig.nextOffset()
    await rig.append(['left'])
    const second = rig.source('second')
    await second.untilRecords(1)
    const resets = second.events.flatMap((event) =>
      event.type === 'position-reset' ? [event.reset] : [],
    )
    assert.deepEqual(resets, [{ shard: 0, previousOffset: String(lost), newOffset: String(found) }])
    assert.deepEqual(second.values(), ['left'])
    assert.equal((await rig.committed()).get(0), lost, 'a reset commits nothing')
  })

  it('a commit is committed, fenced or failed', async () => {
    await rig.createLogstore(1)
    await rig.append(['a'])
    const source = rig.source()
    await source.untilRecords(1)
    assert.equal(await source.commit(), 'committed')
    await rig.emulator.failRequests('OFFSET_METADATA_TOO_LARGE', {
      api: 'OffsetCommit',
      times: 1,
    })
    assert.equal(await source.commit(), 'failed')
    for (const error of [
      'ILLEGAL_GENERATION',
      'UNKNOWN_MEMBER_ID',
      'REBALANCE_IN_PROGRESS',
    ] as const) {
      await rig.emulator.failRequests(error, { api: 'OffsetCommit', times: 1 })
      assert.equal(await source.commit(), 'fenced', error)
    }
  })

  it('a run that cannot start rejects, and tells nothing more', async () => {
    await rig.createLogstore(1)
    const source = rig.idleSource('one', { logstore: 'no-such-logstore' })
    await assert.rejects(source.start().ended)
    const { told } = source
    await rig.append(['a'])
    await rig.source('witness').untilRecords(1)
    assert.equal(source.told, told)
    await seen('one connection less', async () => {
      const members = (await rig.groupState())?.members ?? []
      return members.every(({ clientId }) => clientId === 'witness')
    })
  })

  it('shards that are added are read from their first record', async () => {
    await rig.createLogstore(2)
    await rig.append(['before'])
    const source = rig.source()
    await source.untilRecords(1)
    const children = await rig.emulator.splitShard(rig.logstore, 0)
    for (const child of children) await rig.append([`of ${child}`], child)
    // Makes the client look at the metadata, as it does by itself from time to time.
    await rig.emulator.failRequests('NOT_LEADER_FOR_PARTITION', {
      api: 'Fetch',
      logstore: rig.logstore,
      shard: 1,
      times: 1,
    })
    await source.untilRecords(3)
    assert.deepEqual([...source.shards], [0, 1, ...children])
    for (const child of children) assert.deepEqual(source.values(child), [`of ${child}`])
    assert.deepEqual(source.values(0), ['before'])
    assert.equal(source.assignments.at(-1)?.total, 4)
  })

  it('ranges and times are answered beside the reading', async () => {
    await rig.createLogstore(1)
    const first = await rig.nextOffset()
    await rig.append(['a'])
    const source = rig.source()
    await source.untilRecords(1)
    const end = await rig.nextOffset()
    assert.deepEqual([...(await source.source.offsetRanges())], [[0, { earliest: first, end }]])
    assert.deepEqual([...(await source.source.offsetsAt(0))], [[0, first]])
  })
})
