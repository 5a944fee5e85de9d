import assert from 'node:assert/strict'
import { RateLimit } from '../../../lib/delivery/rate-limit'

function take(limit: RateLimit, now: number, count = 1): boolean {
  if (limit.wait(now) > 0) return false
  limit.sent(count)
  return true
}

describe('delivery/rate-limit', () => {
  for (const perSecond of [1, 50, 1000]) {
    it(`lets ${perSecond} records a second through over ten seconds`, () => {
      const limit = new RateLimit(perSecond, 0)
      let taken = 0
      for (let now = 0; now < 10_000; now++) while (take(limit, now)) taken++
      assert.ok(taken >= 10 * perSecond - 1 && taken <= 10 * perSecond + 1, String(taken))
    })
  }

  it('saves only a short burst while nothing is sent', () => {
    const limit = new RateLimit(100, 0)
    let burst = 0
    while (take(limit, 3_600_000)) burst++
    assert.ok(burst <= 5, String(burst))
  })

  it('returns how long the next record must wait', () => {
    const limit = new RateLimit(10, 0)
    assert.equal(take(limit, 0), true)
    assert.equal(take(limit, 0), false)
    assert.equal(limit.wait(0), 100)
    assert.equal(take(limit, 100), true)
  })

  it('lets a whole batch through, and makes the next records wait for it', () => {
    const limit = new RateLimit(100, 0)
    assert.equal(take(limit, 0, 50), true)
    assert.equal(limit.wait(0), 500)
    assert.equal(limit.wait(500), 0)
  })
})
