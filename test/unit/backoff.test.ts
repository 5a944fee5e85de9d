import assert from 'node:assert/strict'
import {
  CONNECTION_BACKOFF,
  LOGIN_BACKOFF,
  MEMBERSHIP_BACKOFF,
  REQUEST_BACKOFF,
  RetryBackoff,
  type BackoffLimits,
} from '../../lib/backoff'

/** Moments of attempts that all fail at once, in ms since the first, up to an end. */
function attemptsUntil(endMs: number, limits?: BackoffLimits): number[] {
  const retries = new RetryBackoff(limits)
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

describe('backoff', () => {
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
    const retries = new RetryBackoff({ firstMs: 100, longestMs: 500 })
    assert.deepEqual(
      Array.from({ length: 5 }, () => retries.failed()),
      [100, 200, 400, 500, 500],
    )
    assert.equal(retries.failures, 5)
  })

  it('begins again after a success', () => {
    Math.random = () => 0
    const retries = new RetryBackoff({ firstMs: 100, longestMs: 500 })
    retries.failed()
    retries.failed()
    retries.reset()
    assert.equal(retries.failures, 0)
    assert.equal(retries.failed(), 100)
  })

  it('allows at most 3 failing requests in the first second and 6 in any 10 s', () => {
    withShortestWaits()
    const moments = attemptsUntil(120_000, REQUEST_BACKOFF)
    assert.ok(mostWithin(moments, 1_000) <= 3)
    assert.ok(mostWithin(moments, 10_000) <= 6)
    assert.deepEqual(attemptsUntil(120_000), moments)
  })

  it('allows at most 12 connections in 30 s', () => {
    withShortestWaits()
    assert.ok(mostWithin(attemptsUntil(300_000, CONNECTION_BACKOFF), 30_000) <= 12)
  })

  for (const [name, limits] of Object.entries({ LOGIN_BACKOFF, MEMBERSHIP_BACKOFF })) {
    it(`allows at most 5 logins in 30 s with ${name}`, () => {
      withShortestWaits()
      assert.ok(mostWithin(attemptsUntil(300_000, limits), 30_000) <= 5)
    })
  }

  it('shortens a wait by a random part of at most a fifth', () => {
    const limits = { firstMs: 1_000, longestMs: 1_000 }
    withShortestWaits()
    assert.equal(new RetryBackoff(limits).failed(), 800)
    Math.random = random
    const waits = new Set(Array.from({ length: 20 }, () => new RetryBackoff(limits).failed()))
    assert.ok(waits.size > 1, 'nodes that lost their connection together try at different times')
  })

  it('never waits longer than its limit, so that what recovers is used again', () => {
    Math.random = () => 0
    for (const limits of [REQUEST_BACKOFF, CONNECTION_BACKOFF, LOGIN_BACKOFF]) {
      const retries = new RetryBackoff(limits)
      for (let failure = 0; failure < 2_000; failure++) {
        assert.ok(retries.failed() <= limits.longestMs)
      }
    }
  })
})
