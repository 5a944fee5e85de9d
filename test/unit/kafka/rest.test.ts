import assert from 'node:assert/strict'
import { restLength } from '../../../lib/kafka/retries'

const FIRST = 300
const LONGEST = 5_000

describe('kafka/rest', () => {
  it('is doubled with each try in vain, up to the longest', () => {
    const rests = [1, 2, 3, 4, 5, 6, 2_000].map((times) =>
      restLength(times, FIRST, LONGEST, () => 0),
    )
    assert.deepEqual(rests, [300, 600, 1200, 2400, 4800, 5000, 5000])
  })

  it('is shorter by a fifth at most, by chance', () => {
    assert.equal(
      restLength(9, FIRST, LONGEST, () => 1),
      0.8 * LONGEST,
    )
    const rests = new Set(Array.from({ length: 20 }, () => restLength(9, FIRST, LONGEST)))
    assert.ok(rests.size > 1, 'nodes that lost their connection together try at different times')
  })
})
