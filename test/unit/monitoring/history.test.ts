import assert from 'node:assert/strict'
import { History, HISTORY_INTERVAL_MS, HISTORY_LENGTH_MS } from '../../../lib/monitoring/history'
import { ManualClock } from '../../support/manual-clock'

const START = 1_000_000_000
const MINUTE = 60_000
const AN_HOUR = 3_600_000

describe('history', () => {
  let clock: ManualClock

  beforeEach(() => {
    clock = new ManualClock(START)
  })

  /** Adds points, the last one with the present time. */
  async function filled(points: number): Promise<History> {
    const history = new History()
    for (let i = 0; i < points; i++) {
      if (i > 0) await clock.advance(HISTORY_INTERVAL_MS)
      history.add({ at: clock.now(), rate: i, delaySeconds: null }, clock.monotonic())
    }
    return history
  }

  const ratesOf = (history: History, wallTime: number): number[] =>
    history.since(wallTime, clock).map(({ rate }) => rate)

  it('returns nothing at first, then the points after a time, oldest first', async () => {
    assert.deepEqual(new History().since(0, clock), [])
    const history = await filled(3)
    await clock.advance(MINUTE)
    assert.deepEqual(ratesOf(history, START), [1, 2])
  })

  it('returns no point twice, though wall time has whole milliseconds and monotonic time has not', () => {
    const history = new History()
    history.add({ at: START, rate: 1, delaySeconds: null }, 500.4)
    const later = { now: () => START + 1_000, monotonic: () => 1_500.2 }
    assert.deepEqual(history.since(START, later), [])
  })

  it('keeps fifteen minutes and no more', async () => {
    const points = AN_HOUR / HISTORY_INTERVAL_MS
    const kept = HISTORY_LENGTH_MS / HISTORY_INTERVAL_MS
    const wanted = Array.from({ length: kept }, (_, index) => points - kept + index)
    assert.deepEqual(ratesOf(await filled(points), 0), wanted)
  })

  it('returns nothing older after an interruption', async () => {
    const history = await filled(10)
    await clock.advance(AN_HOUR)
    assert.deepEqual(ratesOf(history, 0), [])
  })

  for (const [direction, shiftMs] of [
    ['back', -AN_HOUR],
    ['forward', AN_HOUR],
  ] as const) {
    describe(`when the wall clock is put ${direction} by an hour`, () => {
      it('keeps its points at the same distance from now', async () => {
        const history = await filled(2)
        clock.shiftWallTime(shiftMs)
        await clock.advance(HISTORY_INTERVAL_MS)
        history.add({ at: clock.now(), rate: 2, delaySeconds: null }, clock.monotonic())
        const now = clock.now()
        assert.deepEqual(
          history.since(0, clock).map(({ at }) => at),
          [now - 2 * HISTORY_INTERVAL_MS, now - HISTORY_INTERVAL_MS, now],
        )
      })

      it('returns all points for a time from before the change', async () => {
        const history = await filled(3)
        const askedAt = clock.now()
        clock.shiftWallTime(shiftMs)
        await clock.advance(1_000)
        assert.deepEqual(ratesOf(history, askedAt), [0, 1, 2])
      })
    })
  }
})
