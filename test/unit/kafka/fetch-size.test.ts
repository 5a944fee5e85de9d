import assert from 'node:assert/strict'
import { FetchSize } from '../../../lib/kafka/fetch-size'

const KIB = 1_024
const FULL = 4_096 * KIB

describe('kafka/fetch-size', () => {
  it('halves after each slow response, down to 64 KiB', () => {
    const size = new FetchSize()
    assert.equal(size.bytes, FULL)
    size.arrived(FULL, 5_001)
    assert.equal(size.bytes, FULL / 2)
    for (let times = 0; times < 10; times++) size.arrived(size.bytes, 60_000)
    assert.equal(size.bytes, 64 * KIB)
  })

  it('doubles after each quick response, up to the full size', () => {
    const size = new FetchSize()
    for (let times = 0; times < 2; times++) size.arrived(size.bytes, 60_000)
    size.arrived(size.bytes, 3_000)
    assert.equal(size.bytes, FULL / 4, 'neither slow nor quick')
    for (let times = 0; times < 5; times++) size.arrived(size.bytes, 999)
    assert.equal(size.bytes, FULL)
  })

  it('learns nothing from a response that is far from full', () => {
    const size = new FetchSize()
    size.arrived(FULL / 2 - 1, 60_000)
    assert.equal(size.bytes, FULL)
    size.arrived(FULL, 60_000)
    size.arrived(1_000, 1)
    assert.equal(size.bytes, FULL / 2)
  })
})
