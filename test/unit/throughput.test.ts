import assert from 'node:assert/strict'
import { RecentCount } from '../../lib/recent-count'
import { Throughput } from '../../lib/throughput'

describe('throughput', () => {
  it('gives the rate over the last ten seconds', () => {
    const throughput = new Throughput()
    for (let second = 100; second < 110; second++) throughput.count(7, 0, second * 1000)
    assert.equal(throughput.recordsPerSecond(109_999), 7)
    assert.equal(throughput.recordsPerSecond(114_999), 3.5)
    assert.equal(throughput.recordsPerSecond(200_000), 0)
  })

  it('counts records and bytes', () => {
    const throughput = new Throughput()
    throughput.count(2, 30, 100_000)
    throughput.count(1, 0, 101_000)
    assert.equal(throughput.recordsPerSecond(101_000), 0.3)
    assert.equal(throughput.bytesPerSecond(101_000), 3)
    assert.deepEqual([throughput.records, throughput.bytes], [3, 30])
  })

  it('counts recent events, with the precision of a slot', () => {
    const count = new RecentCount(25, 10)
    count.add(1, 1_000)
    count.add(2, 1_020)
    count.add(4, 1_030)
    assert.equal(count.since(1_025, 1_040), 4)
    assert.equal(count.since(1_010, 1_040), 7)
    assert.equal(count.since(0, 1_260), 4, 'the ring is no longer')
    assert.equal(count.since(0, 2_000), 0)
  })
})
