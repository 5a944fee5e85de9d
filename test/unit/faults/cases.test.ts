import assert from 'node:assert/strict'
import { parseFault } from '../../../tools/emulator/faults/parse-fault'
import { ALL_CASES, SHORT_CASES } from '../../faults/cases'

const APIS = [
  ...['Metadata', 'FindCoordinator', 'JoinGroup', 'SyncGroup', 'Heartbeat', 'OffsetFetch'],
  ...['OffsetCommit', 'ListOffsets', 'Fetch', 'SaslHandshake', 'SaslAuthenticate', 'ApiVersions'],
]
/** The number of names that the short run lists: a name that no case has would be left out silently. */
const SHORT_COUNT = 28

describe('fault cases', () => {
  const names = ALL_CASES.map(({ name }) => name)

  it('have names of their own', () => {
    assert.equal(new Set(names).size, names.length)
  })

  for (const api of APIS) {
    it(`close, silence, lose, garble and drip the responses of ${api}, and answer with errors`, () => {
      const ofApi = names.filter((name) => name.startsWith(`${api}: `))
      for (const what of ['close', 'silence', 'lost response', 'garbled response', 'drip']) {
        assert.ok(ofApi.includes(`${api}: ${what}`), what)
      }
      assert.ok(ofApi.some((name) => name.includes(': error ')))
    })
  }

  it('describe faults that the emulator takes', () => {
    for (const { disturbance } of ALL_CASES) {
      if (disturbance.kind === 'requests') assert.doesNotThrow(() => parseFault(disturbance.fault))
    }
  })

  it('last longer than the bounds of the status, so that these can be judged', () => {
    for (const { name, lastsMs, expected } of ALL_CASES) {
      const longestMs = Math.max(expected.notGreenWithinMs, expected.yellowWithinMs ?? 0)
      assert.ok(lastsMs > longestMs + 1_000, name)
    }
  })

  it('include every case that the short run names', () => {
    assert.equal(SHORT_CASES.length, SHORT_COUNT)
  })
})
