import assert from 'node:assert/strict'
import { InFlightLimit, InFlightShare } from '../../../lib/delivery/in-flight-limit'

function shares(limit: InFlightLimit, count: number): InFlightShare[] {
  const all = Array.from({ length: count }, () => new InFlightShare(limit))
  limit.divide(all)
  return all
}

/** Sends as many records of a shard as possible. */
function fill(share: InFlightShare): void {
  while (share.room > 0) share.add(1)
}

describe('delivery/in-flight-limit', () => {
  it('gives a single shard everything', () => {
    const limit = new InFlightLimit(100)
    const [only] = shares(limit, 1)
    assert.ok(only)
    assert.equal(only.room, 100)
  })

  it('reserves half an equal share for each other shard', () => {
    const limit = new InFlightLimit(100)
    const [greedy, ...others] = shares(limit, 4)
    assert.ok(greedy)
    fill(greedy)
    assert.equal(greedy.inFlight, 64)
    for (const other of others) assert.equal(other.room, 12)
  })

  it('never exceeds the limit, whichever shard sends first', () => {
    for (const max of [1, 2, 3, 10, 100]) {
      for (const count of [1, 2, 3, 7, 64]) {
        const limit = new InFlightLimit(max)
        const all = shares(limit, count)
        for (const share of all) fill(share)
        assert.ok(limit.inFlight <= max, `${limit.inFlight} of ${max} with ${count} shards`)
        assert.ok(limit.inFlight === max, `uses all of ${max} with ${count} shards`)
      }
    }
  })

  it('gives the guaranteed share of a stopped shard to the others', () => {
    const limit = new InFlightLimit(100)
    const [stopped, other] = shares(limit, 2)
    assert.ok(stopped && other)
    stopped.setStopped(true)
    assert.equal(stopped.room, 0)
    assert.equal(other.room, 100)
    stopped.setStopped(false)
    assert.equal(other.room, 75)
  })

  it('subtracts records that are done, and ignores shares that it no longer has', () => {
    const limit = new InFlightLimit(10)
    const [one, other] = shares(limit, 2)
    assert.ok(one && other)
    one.add(6)
    one.add(-2)
    assert.deepEqual([limit.inFlight, other.room], [4, 6])
    limit.divide([other])
    assert.deepEqual([limit.inFlight, other.room], [0, 10])
    one.add(-4)
    assert.equal(limit.inFlight, 0, 'a share that is not ours any more does not count')
  })
})
