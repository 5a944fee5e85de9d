import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { Wakeup, wait } from '../../lib/async'
import { ManualClock } from '../support/manual-clock'

/** Whether a promise has settled, without waiting for the promise. */
function settledFlag(promise: Promise<unknown>): { isSettled: boolean } {
  const flag = { isSettled: false }
  const settle = (): void => {
    flag.isSettled = true
  }
  promise.then(settle, settle)
  return flag
}

describe('async', () => {
  let clock: ManualClock

  beforeEach(() => {
    clock = new ManualClock()
  })

  describe('wait', () => {
    it('resolves after the given time, and leaves no listener', async () => {
      const { signal } = new AbortController()
      const flag = settledFlag(wait(clock, 1_000, signal))
      await clock.advance(999)
      assert.equal(flag.isSettled, false)
      assert.equal(getEventListeners(signal, 'abort').length, 1)
      await clock.advance(1)
      assert.equal(flag.isSettled, true)
      assert.equal(getEventListeners(signal, 'abort').length, 0)
    })

    it('resolves when the signal aborts, and leaves no timer', async () => {
      const controller = new AbortController()
      const flag = settledFlag(wait(clock, 1_000, controller.signal))
      controller.abort()
      await clock.settle()
      assert.equal(flag.isSettled, true)
      assert.equal(clock.pending, 0)
    })

    it('sets no timer for a delay that is not positive, or for an aborted signal', async () => {
      const { signal } = new AbortController()
      await wait(clock, 0, signal)
      await wait(clock, -Infinity, signal)
      await wait(clock, 1_000, AbortSignal.abort())
      assert.equal(clock.pending, 0)
    })
  })

  describe('Wakeup', () => {
    let wakeup: Wakeup

    beforeEach(() => {
      wakeup = new Wakeup(clock)
    })

    it('ends a current wait, and leaves no timer', async () => {
      const flag = settledFlag(wakeup.wait(1_000))
      await clock.settle()
      assert.equal(flag.isSettled, false)
      wakeup.wake()
      await clock.settle()
      assert.equal(flag.isSettled, true)
      assert.equal(clock.pending, 0)
    })

    it('ends only the next wait if none is under way', async () => {
      wakeup.wake()
      wakeup.wake()
      await wakeup.wait(1_000)
      const flag = settledFlag(wakeup.wait(1_000))
      await clock.settle()
      assert.equal(flag.isSettled, false)
      await clock.advance(1_000)
      assert.equal(flag.isSettled, true)
    })

    it('ends a wait after its delay', async () => {
      const flag = settledFlag(wakeup.wait(1_000))
      await clock.advance(999)
      assert.equal(flag.isSettled, false)
      await clock.advance(1)
      assert.equal(flag.isSettled, true)
    })
  })
})
