import assert from 'node:assert/strict'
import { purposeOf } from '../../faults/measurements'
import { gapsOf, mostWithin } from '../../faults/windows'

describe('windows of time', () => {
  it('counts the most moments in any window, without its end', () => {
    assert.equal(mostWithin([], 10), 0)
    assert.equal(mostWithin([0, 9], 10), 2)
    assert.equal(mostWithin([0, 10], 10), 1)
    assert.equal(mostWithin([0, 20, 21, 22, 31], 10), 3)
  })

  it('finds the spans without a moment, up to the end', () => {
    assert.deepEqual(gapsOf([5, 7], 0, 20), [
      { fromMs: 5, toMs: 7 },
      { fromMs: 7, toMs: 20 },
    ])
    assert.deepEqual(gapsOf([], 3, 20), [{ fromMs: 3, toMs: 20 }])
  })
})

describe('purpose of a connection', () => {
  for (const [apis, purpose] of [
    [[], 'unknown'],
    [['ApiVersions', 'SaslHandshake', 'SaslAuthenticate'], 'unknown'],
    [['SaslHandshake', 'SaslAuthenticate', 'Heartbeat'], 'group'],
    [['SaslAuthenticate', 'Metadata'], 'group'],
    [['SaslAuthenticate', 'Heartbeat', 'Fetch'], 'fetch'],
  ] as const) {
    it(`is ${purpose} after ${apis.join(', ') || 'no request'}`, () => {
      assert.equal(purposeOf(apis), purpose)
    })
  }
})
