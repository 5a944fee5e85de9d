import assert from 'node:assert/strict'
import { RateLimit } from '../../../lib/delivery/rate-limit'

describe('delivery/rate-limit', () => {
  for (const perSecond of [1, 50, 1000]) {
    it(`lets ${perSecond} records a second through over ten seconds`, () => {
      const limit = new RateLimit(perSecond, 0)
      let taken = 0
      for (let now = 0; now < 10_000; now++) while (limit.take(now)) taken++
      assert.ok(taken >= 10 * perSecond - 1 && taken <= 10 * perSecond + 1, String(taken))
    })
  }

  it('does not save up while nothing comes', () => {
    const limit = new RateLimit(100, 0)
    let burst = 0
    while (limit.take(3_600_000)) burst++
    assert.ok(burst <= 5, String(burst))
  })

  it('says how long to wait for the next one', () => {
    const limit = new RateLimit(10, 0)
    assert.equal(limit.take(0), true)
    assert.equal(limit.take(0), false)
    assert.equal(limit.wait, 100)
    assert.equal(limit.take(100), true)
  })
})
