import assert from 'node:assert/strict'
import { guardedClock } from '../../lib/clock'
import { reasonOf } from '../../lib/errors'
import { guarded } from '../../lib/guarded'
import { largest } from '../../lib/largest'
import { ManualClock } from '../support/manual-clock'

const never = (error: unknown): never => assert.fail(String(error))

const broken = (): never => {
  throw new Error('a bug')
}

describe('guarded', () => {
  it('hands over what it is called with', () => {
    const called: unknown[] = []
    guarded(never, (...args: [number, string]) => called.push(args))(1, 'a')
    assert.deepEqual(called, [[1, 'a']])
  })

  it('tells what is thrown, and what a promise rejects with', async () => {
    const told: unknown[] = []
    const onError = (error: unknown): void => void told.push(String(error))
    guarded(onError, broken)()
    guarded(onError, () => Promise.reject(new Error('later')))()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(told, ['Error: a bug', 'Error: later'])
  })
})

describe('a guarded clock', () => {
  for (const [name, schedule] of [
    [
      'after',
      (clock: ManualClock, onError: (error: unknown) => void) =>
        guardedClock(clock, onError).after(10, broken),
    ],
    [
      'soon',
      (clock: ManualClock, onError: (error: unknown) => void) =>
        guardedClock(clock, onError).soon(broken),
    ],
  ] as const) {
    it(`lets nothing out of an action of ${name}`, async () => {
      const clock = new ManualClock()
      const told: unknown[] = []
      schedule(clock, (error) => told.push(String(error)))
      await clock.advance(10)
      assert.deepEqual(told, ['Error: a bug'])
    })
  }

  it('goes on with `every` after an exception and after a rejection, until it is cancelled', async () => {
    const clock = new ManualClock()
    const told: unknown[] = []
    let times = 0
    const cancel = guardedClock(clock, (error) => told.push(String(error))).every(10, () => {
      times++
      if (times === 1) broken()
      return times === 2 ? Promise.reject(new Error('later')) : undefined
    })
    await clock.advance(40)
    assert.deepEqual([times, told], [4, ['Error: a bug', 'Error: later']])
    cancel()
    assert.equal(clock.pending, 0)
  })

  it('tells the time of the clock that it guards', () => {
    assert.equal(guardedClock(new ManualClock(5), never).now(), 5)
  })
})

describe('the largest of a list', () => {
  it('is found in one of a million values', () => {
    assert.equal(largest(new Array<number>(1_000_000).fill(3).concat(7), 0), 7)
  })

  it('is the least value for an empty list', () => {
    assert.equal(largest([], 2), 2)
  })
})

describe('the reason of an error', () => {
  it('is a text, whatever was thrown', () => {
    const unreadable = Object.defineProperty(new Error('x'), 'message', { get: broken })
    const thrown = [null, undefined, 7n, Symbol('s'), Object.create(null), unreadable]
    assert.deepEqual(thrown.map(reasonOf), [
      'null',
      'undefined',
      '7',
      'Symbol(s)',
      'object',
      'object',
    ])
  })
})
