import assert from 'node:assert/strict'
import { FetcherRig } from '../../support/fetcher-rig'

describe('kafka/fetcher', () => {
  let rig: FetcherRig

  beforeEach(async () => {
    rig = await FetcherRig.start()
  })

  afterEach(async () => {
    await rig.end()
  })

  it('fetches nothing before a shard has a position, or while it is held', async () => {
    assert.equal(rig.fetcher.isActive, false)
    rig.fetcher.assign([0], new Set())
    rig.fetcher.start(new Map([[0, 5n]]))
    await rig.settle()
    assert.equal(rig.fetches.length, 0)
    rig.fetcher.assign([1], new Set())
    rig.fetcher.resumeDelivery()
    await rig.settle()
    assert.equal(rig.fetches.length, 0)
    assert.equal(rig.fetcher.isWithoutPosition(1), true)
    assert.equal(rig.fetcher.has(0), false)
  })

  it('asks each broker for the shards that it leads, on a connection of its own', async () => {
    await rig.assign({ 0: 10n, 1: 20n, 2: 2n ** 60n })
    assert.deepEqual(
      [...rig.fetchTo(1).from],
      [
        [0, 10n],
        [1, 20n],
      ],
    )
    assert.deepEqual([...rig.fetchTo(2).from], [[2, 2n ** 60n]])
    assert.ok(rig.cluster.sent.every(({ purpose }) => purpose === 'fetch'))
    assert.equal(rig.fetcher.isActive, true)
  })

  it('goes on where the response ended', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: 10n })
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11'])
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 11n]])
  })

  it('asks first for the shards that were not served', async () => {
    await rig.assign({ 0: 10n, 1: 20n })
    await rig.fetchTo(1).answer({ 0: 10n })
    assert.deepEqual([...rig.fetchTo(1).from.keys()], [1, 0])
  })

  it('keeps what comes for a paused shard, and asks for the others', async () => {
    await rig.assign({ 0: 10n, 1: 20n })
    rig.fetcher.pause(0)
    await rig.fetchTo(1).answer({ 0: 10n, 1: 20n })
    assert.deepEqual(rig.told, ['fetched 1: 20 next 21'])
    assert.deepEqual([...rig.fetchTo(1).from.keys()], [1])
    rig.fetcher.resume(0)
    assert.deepEqual(rig.told.slice(1), ['fetched 0: 10 next 11'])
    await rig.fetchTo(1).answer({})
    assert.deepEqual([...rig.fetchTo(1).from.keys()].sort(), [0, 1])
  })

  it('asks at once for a shard that is resumed while nothing is under way', async () => {
    await rig.assign({ 0: 10n })
    rig.fetcher.pause(0)
    await rig.fetchTo(1).answer({})
    assert.equal(rig.isFetching(1), false)
    assert.equal(rig.fetcher.isActive, false)
    rig.fetcher.resume(0)
    await rig.settle()
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 10n]])
  })

  it('throws away what was under way at a seek, also to the same offset, and goes on there', async () => {
    await rig.assign({ 0: 10n })
    for (const offset of [10n, 500n]) {
      const before = rig.fetchTo(1)
      rig.fetcher.seek(0, offset)
      await before.answer({ 0: 10n })
      assert.deepEqual(rig.told, [])
      assert.deepEqual([...rig.fetchTo(1).from], [[0, offset]])
    }
    await rig.fetchTo(1).answer({ 0: 500n })
    assert.deepEqual(rig.told, ['fetched 0: 500 next 501'])
  })

  it('lets a seek before the position is known win over the committed offset', async () => {
    rig.fetcher.assign([0], new Set())
    rig.fetcher.resumeDelivery()
    rig.fetcher.seek(0, 77n)
    rig.fetcher.start(new Map([[0, 5n]]))
    await rig.settle()
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 77n]])
  })

  describe('in a rebalance', () => {
    it('keeps what comes during the hold, and delivers it if the shard is kept', async () => {
      await rig.assign({ 0: 10n, 1: 20n })
      rig.fetcher.suspendDelivery()
      await rig.fetchTo(1).answer({ 0: 10n, 1: 20n })
      assert.deepEqual(rig.told, [])
      assert.equal(rig.isFetching(1), false)
      rig.fetcher.assign([0], new Set([0]))
      rig.fetcher.resumeDelivery()
      await rig.settle()
      assert.deepEqual(rig.told, ['fetched 0: 10 next 11'])
      assert.deepEqual([...rig.fetchTo(1).from], [[0, 11n]])
    })

    it('throws away what came for a shard that is assigned again and was not kept', async () => {
      await rig.assign({ 0: 10n })
      rig.fetcher.suspendDelivery()
      await rig.fetchTo(1).answer({ 0: 10n })
      await rig.assign({ 0: 5n })
      assert.deepEqual(rig.told, [])
      assert.deepEqual([...rig.fetchTo(1).from], [[0, 5n]])
    })

    it('throws away what was asked for before, also if it comes when the shard has a position', async () => {
      await rig.assign({ 0: 10n })
      const before = rig.fetchTo(1)
      rig.fetcher.suspendDelivery()
      await rig.assign({ 0: 5n })
      await before.answer({ 0: 10n })
      assert.deepEqual(rig.told, [], 'the records from 5 to 9 would be passed over')
      assert.deepEqual([...rig.fetchTo(1).from], [[0, 5n]])
    })

    it('asks for failing shards that are kept at once', async () => {
      await rig.assign({ 0: 10n })
      await rig.fetchTo(1).answer({ 0: 13 })
      assert.equal(rig.isFetching(1), false)
      rig.fetcher.suspendDelivery()
      rig.fetcher.assign([0], new Set([0]))
      rig.fetcher.resumeDelivery()
      await rig.settle()
      assert.equal(rig.isFetching(1), true)
    })
  })

  it('keeps what comes while another member may own the shards', async () => {
    await rig.assign({ 0: 10n })
    rig.isWithinSession = false
    await rig.fetchTo(1).answer({ 0: 10n })
    assert.deepEqual(rig.told, [])
    rig.isWithinSession = true
    rig.fetcher.deliverBuffered()
    await rig.settle()
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11'])
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 11n]])
  })

  it('resolves when it is stopped', async () => {
    await rig.assign({ 0: 10n })
    rig.stop.abort()
    await rig.running
  })
})
