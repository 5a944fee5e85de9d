import assert from 'node:assert/strict'
import { InFlightLimit, type LimitedWindow } from '../../../lib/delivery/in-flight-limit'

interface Fake extends LimitedWindow {
  inFlight: number
  span: number
  held: unknown
}

function windows(limit: InFlightLimit, count: number): Fake[] {
  const all = Array.from({ length: count }, () => ({ inFlight: 0, span: 0, held: null }))
  limit.share(all)
  return all
}

/** Sends as much of a shard as it may. */
function fill(limit: InFlightLimit, window: Fake): void {
  while (limit.room(window) > 0) {
    window.inFlight++
    limit.changed()
  }
}

describe('delivery/in-flight-limit', () => {
  it('gives a single shard everything', () => {
    const limit = new InFlightLimit(100)
    const [only] = windows(limit, 1)
    assert.ok(only)
    assert.equal(limit.room(only), 100)
  })

  it('keeps half an equal share for each of the others', () => {
    const limit = new InFlightLimit(100)
    const [greedy, ...others] = windows(limit, 4)
    assert.ok(greedy)
    fill(limit, greedy)
    assert.equal(greedy.inFlight, 64)
    for (const other of others) assert.equal(limit.room(other), 12)
  })

  it('never exceeds the limit, whoever comes first', () => {
    for (const max of [1, 2, 3, 10, 100]) {
      for (const count of [1, 2, 3, 7, 64]) {
        const limit = new InFlightLimit(max)
        const all = windows(limit, count)
        for (const window of all) fill(limit, window)
        assert.ok(limit.inFlight <= max, `${limit.inFlight} of ${max} with ${count} shards`)
        assert.ok(limit.inFlight === max, `uses all of ${max} with ${count} shards`)
      }
    }
  })

  it('gives what a stopped shard was sure of to the others', () => {
    const limit = new InFlightLimit(100)
    const [stopped, other] = windows(limit, 2)
    assert.ok(stopped && other)
    stopped.held = {}
    limit.changed()
    assert.equal(limit.room(stopped), 0)
    assert.equal(limit.room(other), 100)
  })

  it('bounds how far a shard runs ahead of its oldest record', () => {
    const limit = new InFlightLimit(500)
    const [only] = windows(limit, 1)
    assert.ok(only)
    only.span = 4_998
    assert.equal(limit.room(only), 2)
  })
})
