import assert from 'node:assert/strict'
import type { Action, Clock } from '../../../lib/clock'
import { LivenessWatch, type Expectation } from '../../../lib/kafka/connection/liveness-watch'

/** A clock of which a test runs the timer and the turn after it by itself. */
class SteppedClock implements Clock {
  time = 0
  timer: { readonly at: number; readonly action: Action } | null = null
  nextTurn: Action | null = null

  now(): number {
    return this.time
  }

  monotonic(): number {
    return this.time
  }

  after(milliseconds: number, action: Action): () => void {
    this.timer = { at: this.time + milliseconds, action }
    return () => {
      this.timer = null
    }
  }

  every(): () => void {
    return assert.fail('nothing is repeated')
  }

  soon(action: Action): () => void {
    this.nextTurn = action
    return () => {
      this.nextTurn = null
    }
  }

  /** A standstill of the process, after which timers run first. */
  stand(milliseconds: number): void {
    this.time += milliseconds
    const { timer } = this
    assert.ok(timer && timer.at <= this.time, 'no timer is due')
    this.timer = null
    timer.action()
  }

  turn(): void {
    const action = this.nextTurn
    this.nextTurn = null
    action?.()
  }
}

describe('kafka/liveness-watch', () => {
  let clock: SteppedClock
  let expected: Expectation
  let deaths: Error[]
  let watch: LivenessWatch

  beforeEach(() => {
    clock = new SteppedClock()
    deaths = []
    expected = { silentUntilMs: 10_000, overtakenUntilMs: null }
    watch = new LivenessWatch({
      clock,
      expectation: () => expected,
      onDead: (error) => deaths.push(error),
    })
    watch.update()
  })

  it('reads what came during a standstill before it judges', () => {
    clock.stand(300_000)
    assert.equal(deaths.length, 0)
    expected = { silentUntilMs: clock.time + 10_000, overtakenUntilMs: null }
    watch.received(100, 1, false)
    clock.turn()
    assert.equal(deaths.length, 0)
    assert.equal(clock.timer?.at, 310_000)
  })

  it('finds a connection dead on which nothing came during a standstill', () => {
    clock.stand(300_000)
    clock.turn()
    assert.equal(deaths.length, 1)
  })

  it('spares a response whose end came during a standstill', () => {
    watch.received(10, 0, true)
    expected = { silentUntilMs: 500_000, overtakenUntilMs: null }
    clock.stand(10_000)
    watch.received(10, 1, false)
    clock.turn()
    assert.equal(deaths.length, 0)
  })

  it('does not set a timer for each piece of a response', () => {
    const { timer } = clock
    for (let piece = 1; piece <= 100; piece++) {
      expected = { silentUntilMs: 10_000 + piece, overtakenUntilMs: null }
      watch.received(5_000, 0, true)
    }
    assert.equal(clock.timer, timer)
  })

  it('sets an earlier timer when a response was overtaken', () => {
    expected = { silentUntilMs: 10_000, overtakenUntilMs: 5_000 }
    watch.update()
    assert.equal(clock.timer?.at, 5_000)
  })

  it('waits for the rest of a response that may be the overtaken one', () => {
    expected = { silentUntilMs: 60_000, overtakenUntilMs: 5_000 }
    watch.received(5_000, 0, true)
    clock.stand(10_000)
    clock.turn()
    assert.equal(deaths.length, 0)
    watch.received(5_000, 1, false)
    clock.stand(0)
    clock.turn()
    assert.equal(deaths.length, 1)
  })

  it('leaves no timer when nothing is expected', () => {
    expected = { silentUntilMs: null, overtakenUntilMs: null }
    watch.update()
    assert.equal(clock.timer, null)
  })
})
