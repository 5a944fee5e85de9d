import assert from 'node:assert/strict'
import { paceOf } from '../../../tools/chaos/pace'

const MINUTE_MS = 60_000

describe('chaos/pace', () => {
  it('neither samples nor spares a process in a short run', () => {
    const { sampling, lasting } = paceOf({ minutes: 9.9, watchesGrowth: false })
    assert.deepEqual({ sampling, lasting }, { sampling: null, lasting: 0 })
  })

  it('samples from ten minutes on, once a minute, and lets two processes run all the time', () => {
    assert.notEqual(paceOf({ minutes: 10, watchesGrowth: false }).sampling, null)
    const { sampling, lasting } = paceOf({ minutes: 60, watchesGrowth: false })
    assert.deepEqual(sampling, { everyMs: MINUTE_MS, settleMs: 10 * MINUTE_MS })
    assert.equal(lasting, 2)
  })

  it('samples a short run twelve times if it is asked to', () => {
    const { sampling, lasting } = paceOf({ minutes: 2, watchesGrowth: true })
    assert.deepEqual(sampling, { everyMs: 10_000, settleMs: 20_000 })
    assert.equal(lasting, 2)
  })

  it('writes no more records in a long run than in 30 minutes', () => {
    const most = (minutes: number): number =>
      (minutes * MINUTE_MS) / paceOf({ minutes, watchesGrowth: false }).writeEveryMs
    assert.ok(most(1) < most(30))
    assert.equal(most(60), most(30))
    assert.equal(most(120), most(30))
  })
})
