import assert from 'node:assert/strict'
import { UnknownCodecError } from '../../../lib/kafka/records/compression/codecs'
import { UnreadableBatchError } from '../../../lib/kafka/records/record-set'
import { FetchResponseRig, emptySet, recordSet } from '../../support/fetch-response-rig'

describe('kafka/fetch-response-handler', () => {
  let rig: FetchResponseRig

  beforeEach(async () => {
    rig = await FetchResponseRig.make()
  })

  describe('of records', () => {
    it('delivers them, and goes on after the last one', () => {
      assert.equal(rig.read([recordSet(1, [100n, 101n, 105n])]), true)
      assert.deepEqual(rig.seen, ['alive', 'fetched 1: 100 101 105 next 106'])
      assert.equal(rig.shard(1).next, 106n)
    })

    it('goes on after the last offset of a batch that holds no record', () => {
      assert.equal(rig.read([{ ...emptySet(1), lastOffset: 120n }]), false)
      assert.deepEqual(rig.told, ['fetched 1:  next 121'])
      assert.equal(rig.shard(1).next, 121n)
    })

    it('goes on exactly beyond 2^53', () => {
      const position = 2n ** 53n + 1n
      rig.shard(1).moveTo(position)
      rig.read([recordSet(1, [position, position + 1n])])
      assert.deepEqual(rig.told, [`fetched 1: ${position} ${position + 1n} next ${position + 2n}`])
    })

    it('passes over what was asked for in an earlier epoch', () => {
      const epochs = rig.asked()
      rig.shard(1).moveTo(100n)
      assert.equal(rig.read([recordSet(1, [100n]), recordSet(2, [100n])], epochs), true)
      assert.deepEqual(rig.told, ['fetched 2: 100 next 101'])
      assert.equal(rig.shard(1).next, 100n)
    })

    it('delivers no record twice if a response names a shard twice', () => {
      rig.read([recordSet(1, [100n, 101n]), recordSet(1, [100n, 101n, 102n])])
      assert.deepEqual(rig.told, ['fetched 1: 100 101 next 102'])
      assert.equal(rig.shard(1).next, 102n)
    })

    it('passes over shards that were not asked for, or are not assigned any more', () => {
      const epochs = rig.asked()
      rig.shards.delete(1)
      assert.equal(rig.read([recordSet(1, [100n]), recordSet(9, [100n])], epochs), false)
      assert.deepEqual(rig.told, [])
    })

    it('passes over what was asked for before the shard was assigned again', () => {
      const epochs = rig.asked()
      rig.assignAgain(1)
      rig.shard(1).moveTo(50n)
      rig.read([recordSet(1, [100n])], epochs)
      assert.deepEqual(rig.told, [])
      assert.equal(rig.shard(1).next, 50n)
    })

    it('passes over a shard without a position', () => {
      rig.assignAgain(1)
      assert.equal(rig.shard(1).next, null)
      rig.read([recordSet(1, [100n]), emptySet(1)])
      assert.deepEqual(rig.told, [])
    })

    it('notes in which response a shard was served, so that the others are asked for first', () => {
      rig.read([recordSet(1, [100n])])
      rig.read([recordSet(2, [100n]), emptySet(1)])
      assert.ok(rig.shard(2).servedIn > rig.shard(1).servedIn)
      assert.ok(rig.shard(1).servedIn > rig.shard(0).servedIn)
    })
  })

  describe('of no record', () => {
    it('says that the shard is caught up', () => {
      assert.equal(rig.read([emptySet(1)]), false)
      assert.deepEqual(rig.told, ['caught up 1'])
      assert.equal(rig.shard(1).next, 100n)
    })

    it('says that the response was cut short, where a limit ended it before', () => {
      rig.read([{ ...emptySet(1), isCutShort: true }])
      assert.deepEqual(rig.told, ['cut short 1'])
    })

    it('is no answer where it has none of the shards that were asked for', () => {
      rig.read([])
      assert.deepEqual(rig.seen, [])
    })
  })

  describe('while a delivery cannot be made', () => {
    it('keeps the records of a paused shard, and delivers them once', () => {
      rig.shard(1).isPaused = true
      rig.read([recordSet(1, [100n])])
      assert.deepEqual(rig.told, [])
      assert.equal(rig.shard(1).next, 101n)
      rig.shard(1).isPaused = false
      rig.reader.deliverBuffered(rig.shard(1))
      rig.reader.deliverBuffered(rig.shard(1))
      assert.deepEqual(rig.told, ['fetched 1: 100 next 101'])
    })

    it('keeps the records of all shards while nothing may be delivered', () => {
      rig.mayDeliver = false
      rig.read([recordSet(1, [100n]), recordSet(2, [100n])])
      rig.reader.deliverBuffered(rig.shard(1))
      assert.deepEqual(rig.told, [])
      rig.mayDeliver = true
      rig.reader.deliverBuffered(rig.shard(1))
      rig.reader.deliverBuffered(rig.shard(2))
      assert.deepEqual(rig.told, ['fetched 1: 100 next 101', 'fetched 2: 100 next 101'])
    })

    it('forgets that a shard is caught up, because that may not hold any more later', () => {
      rig.mayDeliver = false
      rig.read([emptySet(1), { ...emptySet(2), isCutShort: true }])
      rig.mayDeliver = true
      for (const shard of rig.shards.values()) rig.reader.deliverBuffered(shard)
      assert.deepEqual(rig.told, [])
    })

    it('throws parked records away when the shard was moved', () => {
      rig.shard(1).isPaused = true
      rig.read([recordSet(1, [100n])])
      rig.shard(1).moveTo(50n)
      rig.shard(1).isPaused = false
      rig.reader.deliverBuffered(rig.shard(1))
      assert.deepEqual(rig.told, [])
      assert.equal(rig.shard(1).next, 50n)
    })

    it('delivers nothing of a shard that is not assigned any more', () => {
      const lost = rig.shard(1)
      lost.isPaused = true
      rig.read([recordSet(1, [100n])])
      lost.isPaused = false
      rig.assignAgain(1)
      rig.reader.deliverBuffered(lost)
      assert.deepEqual(rig.told, [])
    })
  })

  describe('of an unreadable batch', () => {
    const unreadable = new UnreadableBatchError(100n, new Error('bad bytes'), 109n)

    it('stops the shard and no other one', () => {
      const epochs = rig.asked()
      rig.read([{ ...emptySet(1), unreadable }, recordSet(2, [100n])], epochs)
      assert.deepEqual(rig.told, [
        'failed 1: SLS_BATCH_UNREADABLE 100 to 109',
        'fetched 2: 100 next 101',
      ])
      assert.equal(rig.shard(1).isStopped, true)
      assert.equal(rig.shard(1).next, 100n)
      rig.read([recordSet(1, [110n])], epochs)
      assert.equal(rig.told.length, 2, 'a response that was under way counts no more')
    })

    it('names the codec that this client does not know', () => {
      const error = new UnreadableBatchError(100n, new UnknownCodecError(7))
      rig.read([{ ...emptySet(1), unreadable: error }])
      assert.deepEqual(rig.told, ['failed 1: SLS_CODEC_UNSUPPORTED 100 to null'])
    })

    it('delivers first what precedes it, and stops at the next fetch', () => {
      rig.read([{ ...recordSet(1, [100n, 101n]), unreadable }])
      assert.deepEqual(rig.told, ['fetched 1: 100 101 next 102'])
      assert.equal(rig.shard(1).isStopped, false)
      rig.read([{ ...emptySet(1), unreadable }])
      assert.equal(rig.shard(1).isStopped, true)
    })
  })

  it('backs a shard off that gets only records before its position', async () => {
    for (let fetch = 0; fetch < 20 && rig.told.length === 0; fetch++) {
      assert.equal(rig.read([recordSet(1, [90n, 91n])]), true)
      assert.equal(rig.shard(1).isDue(rig.clock.monotonic()), false)
      await rig.clock.advance(rig.shard(1).retryAtMs - rig.clock.monotonic())
    }
    assert.deepEqual(rig.told, ['failed 1: SLS_SERVICE_ERROR'])
    assert.equal(rig.shard(1).next, 100n)
  })
})
