import assert from 'node:assert/strict'
import { NO_RECORDS } from '../../../lib/kafka/records/fetched-records'
import { FetchState, type Delivery } from '../../../lib/kafka/fetch/fetch-state'

const NOW = 10_000

function batch(next: bigint): Delivery {
  return { kind: 'batch', batch: { shard: 4, next, records: NO_RECORDS } }
}

describe('kafka/fetch-state', () => {
  let shard: FetchState

  beforeEach(() => {
    shard = new FetchState(4)
  })

  it('is not due before its position is known', () => {
    assert.equal(shard.next, null)
    assert.equal(shard.isDue(NOW), false)
    shard.moveTo(100n)
    assert.equal(shard.next, 100n)
    assert.equal(shard.isDue(NOW), true)
  })

  it('is not due while it is paused, stopped, or has a parked delivery', () => {
    shard.moveTo(100n)
    shard.isPaused = true
    assert.equal(shard.isDue(NOW), false)
    shard.isPaused = false
    shard.isStopped = true
    assert.equal(shard.isDue(NOW), false)
    shard.isStopped = false
    shard.buffer(batch(110n))
    assert.equal(shard.isDue(NOW), false)
    shard.takeBuffered()
    assert.equal(shard.isDue(NOW), true)
  })

  it('begins a new epoch with each move, so that what was asked for before is thrown away', () => {
    shard.moveTo(100n)
    const before = shard.position()
    assert.deepEqual([before.offset, shard.isCurrent(before)], [100n, true])
    shard.moveTo(100n)
    assert.equal(shard.isCurrent(before), false)
    const moved = shard.position()
    assert.equal(shard.isCurrent(moved), true)
    shard.beginEpoch()
    assert.equal(shard.isCurrent(moved), false)
  })

  it('counts a fetch that was sent ahead once what comes before it was read', () => {
    shard.moveTo(100n)
    const ahead = shard.position(110n)
    assert.equal(shard.isCurrent(ahead), false)
    shard.advance(110n)
    assert.equal(shard.isCurrent(ahead), true)
    shard.advance(105n)
    assert.equal(shard.isCurrent(ahead), false)
  })

  it('gives parked deliveries back once and in order', () => {
    shard.buffer(batch(1n))
    shard.buffer({ kind: 'caught-up' })
    assert.deepEqual(shard.takeBuffered(), [batch(1n), { kind: 'caught-up' }])
    assert.deepEqual(shard.takeBuffered(), [])
  })

  it('throws parked deliveries away when it moves, and goes on if it was stopped', () => {
    shard.moveTo(100n)
    shard.buffer(batch(110n))
    shard.isStopped = true
    shard.moveTo(50n)
    assert.deepEqual(shard.takeBuffered(), [])
    assert.equal(shard.isDue(NOW), true)
  })

  it('stays paused when it moves', () => {
    shard.isPaused = true
    shard.moveTo(50n)
    assert.equal(shard.isPaused, true)
  })

  it('is due again after a backoff that grows, and remembers since when it fails', () => {
    shard.moveTo(100n)
    shard.failed(NOW)
    const first = shard.retryAtMs - NOW
    assert.ok(first > 0)
    assert.equal(shard.isDue(shard.retryAtMs - 1), false)
    assert.equal(shard.isDue(shard.retryAtMs), true)
    const laterMs = shard.retryAtMs
    shard.failed(laterMs)
    assert.ok(shard.retryAtMs - laterMs > first)
    assert.equal(shard.failingSinceMs, NOW)
  })

  it('is due at once when another shard recovers, while it still counts as failing', () => {
    shard.moveTo(100n)
    shard.failed(NOW)
    shard.retryNow()
    assert.equal(shard.isDue(NOW), true)
    assert.equal(shard.failingSinceMs, NOW)
  })

  it('forgets its failures when it recovers or moves', () => {
    shard.moveTo(100n)
    for (const end of [
      () => {
        shard.recovered()
      },
      () => {
        shard.moveTo(7n)
      },
    ]) {
      for (let failure = 0; failure < 4; failure++) shard.failed(NOW)
      const longMs = shard.retryAtMs - NOW
      end()
      assert.equal(shard.failingSinceMs, null)
      assert.equal(shard.isDue(NOW), true)
      shard.failed(NOW)
      assert.ok(shard.retryAtMs - NOW < longMs)
      shard.recovered()
    }
  })
})
