import assert from 'node:assert/strict'
import { median, percentile } from '../../../tools/shared/statistics'

describe('statistics', () => {
  it('takes the value in the middle as the median, and the lower one of two', () => {
    assert.equal(median([9, 1, 5]), 5)
    assert.equal(median([4, 1, 3, 2]), 2)
    assert.equal(median([]), NaN)
  })

  it('takes the smallest value above so many percent of them as a percentile', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index)
    assert.equal(percentile(values, 99), 199)
    assert.equal(percentile(values, 100), 200)
    assert.equal(percentile(values, 0), 1)
  })
})
