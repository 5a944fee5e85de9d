import assert from 'node:assert/strict'
import { FetchShard } from '../../../lib/kafka/fetch-shard'
import { FetchWait } from '../../../lib/kafka/fetch-wait'
import { ManualClock } from '../../support/manual-clock'

describe('kafka/fetch-wait', () => {
  let clock: ManualClock
  let fetchWait: FetchWait
  let shards: FetchShard[]

  beforeEach(() => {
    clock = new ManualClock()
    fetchWait = new FetchWait(clock)
    shards = [new FetchShard(0), new FetchShard(1)]
  })

  function pause(shard: number, isPaused: boolean): void {
    const found = shards[shard]
    assert.ok(found)
    found.isPaused = isPaused
  }

  it('is short while a shard is paused, also when nothing comes', async () => {
    pause(1, true)
    assert.equal(fetchWait.next(shards), 100)
    await clock.advance(60_000)
    assert.equal(fetchWait.next(shards), 100)
    pause(1, false)
    assert.equal(fetchWait.next(shards), 2_500)
  })

  it('is half a second, and 2.5 s when no record came for 10 s', async () => {
    assert.equal(fetchWait.next(shards), 500)
    await clock.advance(9_999)
    assert.equal(fetchWait.next(shards), 500)
    await clock.advance(1)
    assert.equal(fetchWait.next(shards), 2_500)
  })

  it('is half a second again after records, and not after an empty response', async () => {
    await clock.advance(10_000)
    fetchWait.answered(false)
    assert.equal(fetchWait.next(shards), 2_500)
    fetchWait.answered(true)
    assert.equal(fetchWait.next(shards), 500)
  })

  it('is half a second while a shard fails, which the next fetch can ask for again', async () => {
    await clock.advance(10_000)
    shards[0]?.failed(clock.monotonic())
    assert.equal(fetchWait.next(shards), 500)
    shards[0]?.recovered()
    assert.equal(fetchWait.next(shards), 2_500)
  })

  it('follows monotonic time when the wall clock is set', () => {
    for (const milliseconds of [3_600_000, -7_200_000]) {
      clock.shiftWallTime(milliseconds)
      assert.equal(fetchWait.next(shards), 500)
    }
  })
})
