import assert from 'node:assert/strict'
import {
  growthLine,
  growthOf,
  judgeGrowth,
  type Figure,
  type Series,
} from '../../../tools/chaos/growth'

const MINUTE_MS = 60_000
const MIB = 1_048_576

/** One value a minute. */
function series(figure: Figure, values: readonly number[]): Series {
  const points = values.map((value, minute) => ({ at: minute * MINUTE_MS, value }))
  return { of: 'process 1', figure, points }
}

function steps(of: string, from: number, to: number, samples = 8): Series {
  const points = Array.from({ length: samples }, (_, index) => ({
    at: index,
    value: index < samples / 2 ? from : to,
  }))
  return { of, figure: 'sockets', points }
}

describe('chaos/growth', () => {
  it('compares the median of the last quarter with that of the second quarter', () => {
    const sockets = series('sockets', [50, 9, 7, 6, 8, 90, 80, 70, 60, 9, 11, 10])
    assert.deepEqual(growthOf(sockets, 0), {
      of: 'process 1',
      figure: 'sockets',
      samples: 12,
      before: 8,
      after: 10,
      isExceeded: false,
    })
  })

  it('leaves out what was sampled while the process settled', () => {
    const values = [900, 900, 900, ...Array.from({ length: 8 }, () => 5), 900]
    const growth = growthOf(series('sockets', values), 3 * MINUTE_MS)
    assert.deepEqual([growth?.samples, growth?.before], [9, 5])
  })

  it('counts the time to settle from the first sample of that process', () => {
    const { points, ...rest } = series('sockets', [900, ...Array.from({ length: 8 }, () => 5)])
    const late = points.map(({ at, value }) => ({ at: at + 30 * MINUTE_MS, value }))
    assert.equal(growthOf({ ...rest, points: late }, MINUTE_MS)?.samples, 8)
  })

  it('says nothing of a process that was sampled less than eight times', () => {
    assert.equal(growthOf(series('heap', [1, 2, 3, 4, 5, 6, 7]), 0), null)
  })

  const cases: readonly [Figure, bound: number][] = [
    ['resident', 32 * MIB],
    ['heap', 8 * MIB],
    ['sockets', 4],
    ['timers', 20],
    ['listeners', 4],
    ['delay', 5_000],
  ]
  for (const [figure, bound] of cases) {
    const grown = (by: number): boolean | undefined => {
      const values = Array.from({ length: 16 }, (_, index) => (index < 8 ? 100 : 100 + by))
      return growthOf(series(figure, values), 0)?.isExceeded
    }

    it(`allows ${figure} to grow by its bound, and no more`, () => {
      assert.equal(grown(bound), false)
      assert.equal(grown(bound + 1), true)
      assert.equal(grown(-bound), false)
    })
  }

  it('shows both medians, the bound and the judgement in one line', () => {
    const values = [
      ...Array.from({ length: 8 }, () => 60 * MIB),
      ...Array<number>(8).fill(70 * MIB),
    ]
    const growth = growthOf(series('heap', values), 0)
    assert.equal(
      growth && growthLine(growth),
      'process 1, heap in use: 60.0 to 70.0 MiB in 16 samples, at most 8.0 more: exceeded',
    )
  })

  it('names what has grown by more than its bound', () => {
    const all = [steps('process 1', 9, 10), steps('process 2', 9, 20)]
    const { growths, breaches } = judgeGrowth(all, 0, ['process 1', 'process 2'])
    assert.deepEqual(
      growths.map(({ of, after }) => [of, after]),
      [
        ['process 1', 10],
        ['process 2', 20],
      ],
    )
    assert.deepEqual(breaches, ['process 2: sockets has grown by more than its bound'])
  })

  it('does not pass a run in which a lasting process was hardly sampled', () => {
    const all = [steps('process 1', 9, 9, 7), steps('process 3', 9, 9, 2)]
    assert.deepEqual(judgeGrowth(all, 0, ['process 1', 'process 2']).breaches, [
      'process 1 was sampled too seldom for a judgement on growth',
      'process 2 was sampled too seldom for a judgement on growth',
    ])
  })
})
