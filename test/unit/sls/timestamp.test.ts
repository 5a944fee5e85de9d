import assert from 'node:assert/strict'
import { normaliseTimestamp } from '../../../lib/sls/timestamp'

describe('sls/timestamp', () => {
  it('leaves milliseconds as they are', () => {
    assert.equal(normaliseTimestamp(1795342764638), 1795342764638)
  })

  it('turns seconds into milliseconds', () => {
    assert.equal(normaliseTimestamp(1795342764), 1795342764000)
  })

  it('leaves "no timestamp" as it is', () => {
    assert.equal(normaliseTimestamp(-1), -1)
    assert.equal(normaliseTimestamp(0), 0)
  })
})
