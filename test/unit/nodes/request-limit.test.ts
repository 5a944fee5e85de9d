import assert from 'node:assert/strict'
import { RequestLimit } from '../../../nodes/shared/runtime/request-limit'
import { ManualClock } from '../../support/manual-clock'

const HOUR = 3_600_000

function begun(limit: RequestLimit): () => void {
  const end = limit.begin()
  if (typeof end === 'string') throw new Error(end)
  return end
}

describe('nodes/request-limit', () => {
  it('lets one request run at a time', () => {
    const limit = new RequestLimit(new ManualClock(), 10)
    const end = begun(limit)
    assert.equal(limit.begin(), 'busy')
    end()
    begun(limit)
  })

  it('limits the requests that begin in a minute', async () => {
    const clock = new ManualClock()
    const limit = new RequestLimit(clock, 2)
    begun(limit)()
    await clock.advance(30_000)
    begun(limit)()
    assert.equal(limit.begin(), 'too-many')
    await clock.advance(29_999)
    assert.equal(limit.begin(), 'too-many')
    await clock.advance(1)
    begun(limit)()
    assert.equal(limit.begin(), 'too-many')
  })

  for (const [direction, shiftMs] of [
    ['back', -HOUR],
    ['forward', HOUR],
  ] as const) {
    it(`counts a minute in the same way when the wall clock is put ${direction}`, async () => {
      const clock = new ManualClock()
      const limit = new RequestLimit(clock, 1)
      begun(limit)()
      clock.shiftWallTime(shiftMs)
      await clock.advance(59_999)
      assert.equal(limit.begin(), 'too-many')
      await clock.advance(1)
      begun(limit)()
    })
  }
})
