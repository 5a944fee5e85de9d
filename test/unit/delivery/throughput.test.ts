import assert from 'node:assert/strict'
import { RateMeter, Throughput } from '../../../lib/delivery/throughput'

describe('metrics', () => {
  it('gives the rate over the last ten seconds', () => {
    const meter = new RateMeter()
    for (let second = 100; second < 110; second++) meter.add(7, second * 1000)
    assert.equal(meter.perSecond(109_999), 7)
    assert.equal(meter.perSecond(114_999), 3.5)
    assert.equal(meter.perSecond(200_000), 0)
  })

  it('counts records, and the bytes of their keys and values', () => {
    const throughput = new Throughput()
    const bytes = Buffer.from('0123456789')
    throughput.add(
      [
        { key: null, value: bytes },
        { key: bytes, value: bytes },
      ],
      100_000,
    )
    throughput.add([{ key: null, value: null }], 101_000)
    assert.equal(throughput.recordsPerSecond(101_000), 0.3)
    assert.equal(throughput.bytesPerSecond(101_000), 3)
    assert.deepEqual([throughput.records, throughput.bytes], [3, 30])
  })
})
