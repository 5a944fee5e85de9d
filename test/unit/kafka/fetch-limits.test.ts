import assert from 'node:assert/strict'
import { FetchState } from '../../../lib/kafka/fetch/fetch-state'
import { FetchMaxWait, FetchMaxBytes } from '../../../lib/kafka/fetch/fetch-limits'
import { ManualClock } from '../../support/manual-clock'

const KIB = 1_024
const FULL = 4_096 * KIB

describe('kafka/fetch-limits: FetchMaxBytes', () => {
  it('halves after each slow response, down to 64 KiB', () => {
    const size = new FetchMaxBytes()
    assert.equal(size.bytes, FULL)
    size.arrived(FULL, 5_001)
    assert.equal(size.bytes, FULL / 2)
    for (let times = 0; times < 10; times++) size.arrived(size.bytes, 60_000)
    assert.equal(size.bytes, 64 * KIB)
  })

  it('doubles after each quick response, up to the full size', () => {
    const size = new FetchMaxBytes()
    for (let times = 0; times < 2; times++) size.arrived(size.bytes, 60_000)
    size.arrived(size.bytes, 3_000)
    assert.equal(size.bytes, FULL / 4, 'neither slow nor quick')
    for (let times = 0; times < 5; times++) size.arrived(size.bytes, 999)
    assert.equal(size.bytes, FULL)
  })

  it('learns nothing from a response that is far from full', () => {
    const size = new FetchMaxBytes()
    size.arrived(FULL / 2 - 1, 60_000)
    assert.equal(size.bytes, FULL)
    size.arrived(FULL, 60_000)
    size.arrived(1_000, 1)
    assert.equal(size.bytes, FULL / 2)
  })
})

describe('kafka/fetch-limits: FetchMaxWait', () => {
  let clock: ManualClock
  let fetchWait: FetchMaxWait
  let shards: FetchState[]

  beforeEach(() => {
    clock = new ManualClock()
    fetchWait = new FetchMaxWait(clock)
    shards = [new FetchState(0), new FetchState(1)]
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
    fetchWait.responded(false)
    assert.equal(fetchWait.next(shards), 2_500)
    fetchWait.responded(true)
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
