import assert from 'node:assert/strict'
import { History, HISTORY_INTERVAL, HISTORY_LENGTH } from '../../lib/history'

const START = 1_000_000_000
const AN_HOUR = 3_600_000

describe('history', () => {
  function filled(points: number): History {
    const history = new History()
    for (let i = 0; i < points; i++) {
      history.add({ at: START + i * HISTORY_INTERVAL, rate: i, delaySeconds: null })
    }
    return history
  }

  const ratesOf = (history: History, time: number, now: number): number[] =>
    history.since(time, now).map(({ rate }) => rate)

  it('gives nothing at first, then what came after a time, oldest first', () => {
    assert.deepEqual(new History().since(0, START), [])
    assert.deepEqual(ratesOf(filled(3), START, START + AN_HOUR / 60), [1, 2])
  })

  it('keeps fifteen minutes and no more', () => {
    const points = AN_HOUR / HISTORY_INTERVAL
    const now = START + (points - 1) * HISTORY_INTERVAL
    const kept = HISTORY_LENGTH / HISTORY_INTERVAL
    const wanted = Array.from({ length: kept }, (_, index) => points - kept + index)
    assert.deepEqual(ratesOf(filled(points), 0, now), wanted)
  })

  it('gives nothing older than that after a rest', () => {
    assert.deepEqual(ratesOf(filled(10), 0, START + AN_HOUR), [])
  })
})
