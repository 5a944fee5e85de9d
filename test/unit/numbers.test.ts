import assert from 'node:assert/strict'
import { maxOf } from '../../lib/numbers'

describe('maxOf', () => {
  it('finds the largest of a million values', () => {
    assert.equal(maxOf(new Array<number>(1_000_000).fill(3).concat(7), 0), 7)
  })

  it('returns the floor for an empty list', () => {
    assert.equal(maxOf([], 2), 2)
  })
})
