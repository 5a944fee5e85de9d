import assert from 'node:assert/strict'
import { CONSUMER_RANGES, defaultMaxInFlight } from '../../../lib/config/consumer-defaults'

describe('config/consumer-defaults', () => {
  const cases: readonly [batchSize: number | null, records: number][] = [
    [null, 100],
    [1, 100],
    [10, 100],
    [11, 110],
    [100, 1_000],
    [1_000, 10_000],
    [1_001, 10_000],
    [CONSUMER_RANGES.batchSize.max, 10_000],
  ]
  for (const [batchSize, records] of cases) {
    const what = batchSize === null ? 'single records' : `batches of ${batchSize}`
    it(`lets ${records} records be in flight with ${what}`, () => {
      assert.equal(defaultMaxInFlight(batchSize), records)
    })
  }
})
