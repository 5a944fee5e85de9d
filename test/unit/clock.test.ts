import assert from 'node:assert/strict'
import { guardedClock } from '../../lib/clock'
import { ManualClock } from '../support/manual-clock'

type OnError = Parameters<typeof guardedClock>[1]

const broken = (): never => {
  throw new Error('a bug')
}

describe('guardedClock', () => {
  let clock: ManualClock
  let errors: string[]
  const onError: OnError = (error) => errors.push(String(error))

  beforeEach(() => {
    clock = new ManualClock(5)
    errors = []
  })

  it('contains an exception of an action of `after`', async () => {
    guardedClock(clock, onError).after(10, broken)
    await clock.advance(10)
    assert.deepEqual(errors, ['Error: a bug'])
  })

  it('contains an exception of an action of `soon`', async () => {
    guardedClock(clock, onError).soon(broken)
    await clock.advance(10)
    assert.deepEqual(errors, ['Error: a bug'])
  })

  it('goes on with `every` after an exception and after a rejection, until it is cancelled', async () => {
    let times = 0
    const cancel = guardedClock(clock, onError).every(10, () => {
      times++
      if (times === 1) broken()
      return times === 2 ? Promise.reject(new Error('later')) : undefined
    })
    await clock.advance(40)
    assert.deepEqual([times, errors], [4, ['Error: a bug', 'Error: later']])
    cancel()
    assert.equal(clock.pending, 0)
  })

  it('has the time of the clock that it guards', () => {
    assert.equal(guardedClock(clock, onError).now(), 5)
    assert.deepEqual(errors, [])
  })
})
