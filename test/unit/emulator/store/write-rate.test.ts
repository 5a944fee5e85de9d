import assert from 'node:assert/strict'
import { WriteRate } from '../../../../tools/emulator/store/write-rate'

describe('write rate', () => {
  it('takes as much as a second allows at once, and then what time has added', () => {
    const rate = new WriteRate()
    assert.equal(rate.takes(60, 100, 1_000), true)
    assert.equal(rate.takes(60, 100, 1_000), false)
    assert.equal(rate.takes(60, 100, 1_200), true)
    assert.equal(rate.takes(1, 100, 1_200), false)
  })

  it('saves up no more than a second', () => {
    const rate = new WriteRate()
    assert.equal(rate.takes(100, 100, 0), true)
    assert.equal(rate.takes(100, 100, 60_000), true)
    assert.equal(rate.takes(1, 100, 60_000), false)
  })

  it('takes what is larger than a second allows after a quiet second, and nothing for as long', () => {
    const rate = new WriteRate()
    assert.equal(rate.takes(300, 100, 0), true)
    assert.equal(rate.takes(1, 100, 1_900), false)
    assert.equal(rate.takes(1, 100, 2_100), true)
  })
})
