import assert from 'node:assert/strict'
import {
  CONNECTION_RETRIES,
  LOGIN_RETRIES,
  REQUEST_RETRIES,
  Retries,
  type RetryLimits,
} from '../../../lib/kafka/retries'

/** Moments of attempts that all fail at once, in ms since the first, up to an end. */
function attemptsUntil(endMs: number, limits?: RetryLimits): number[] {
  const retries = new Retries(limits)
  const moments: number[] = []
  for (let atMs = 0; atMs < endMs; atMs += retries.failed()) moments.push(atMs)
  return moments
}

/** The most attempts in any span of this length. */
function mostWithin(moments: readonly number[], spanMs: number): number {
  const counts = moments.map(
    (from) => moments.filter((at) => at >= from && at < from + spanMs).length,
  )
  return counts.reduce((most, count) => Math.max(most, count), 0)
}

describe('kafka/retries', () => {
  const { random } = Math

  afterEach(() => {
    Math.random = random
  })

  /** Chance makes a wait shorter, at most to its shortest. */
  function withShortestWaits(): void {
    Math.random = () => 1
  }

  it('waits longer after each failure in a row, up to a limit', () => {
    Math.random = () => 0
    const retries = new Retries({ firstMs: 100, longestMs: 500 })
    assert.deepEqual(
      Array.from({ length: 5 }, () => retries.failed()),
      [100, 200, 400, 500, 500],
    )
    assert.equal(retries.failures, 5)
  })

  it('begins again after a success', () => {
    Math.random = () => 0
    const retries = new Retries({ firstMs: 100, longestMs: 500 })
    retries.failed()
    retries.failed()
    retries.reset()
    assert.equal(retries.failures, 0)
    assert.equal(retries.failed(), 100)
  })

  it('allows at most 3 failing requests in the first second and 6 in any 10 s', () => {
    withShortestWaits()
    const moments = attemptsUntil(120_000, REQUEST_RETRIES)
    assert.ok(mostWithin(moments, 1_000) <= 3)
    assert.ok(mostWithin(moments, 10_000) <= 6)
    assert.deepEqual(attemptsUntil(120_000), moments)
  })

  it('allows at most 12 connections in 30 s', () => {
    withShortestWaits()
    assert.ok(mostWithin(attemptsUntil(300_000, CONNECTION_RETRIES), 30_000) <= 12)
  })

  it('allows at most 5 logins in 30 s', () => {
    withShortestWaits()
    assert.ok(mostWithin(attemptsUntil(300_000, LOGIN_RETRIES), 30_000) <= 5)
  })

  it('never waits longer than its limit, so that what recovers is used again', () => {
    Math.random = () => 0
    for (const limits of [REQUEST_RETRIES, CONNECTION_RETRIES, LOGIN_RETRIES]) {
      const retries = new Retries(limits)
      for (let failure = 0; failure < 2_000; failure++) {
        assert.ok(retries.failed() <= limits.longestMs)
      }
    }
  })
})
