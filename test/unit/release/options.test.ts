import assert from 'node:assert/strict'
import { nextVersion, parseCommandLine } from '../../../tools/release/options'
import { UsageError } from '../../../tools/shared/command-line'

describe('release command line', () => {
  it('takes a part of the version that rises', () => {
    assert.deepEqual(parseCommandLine(['minor']), { wanted: 'minor', isDryRun: false })
  })

  it('takes a dry run on either side of the version', () => {
    const expected = { wanted: '1.0.0', isDryRun: true }
    assert.deepEqual(parseCommandLine(['1.0.0', '--dry-run']), expected)
    assert.deepEqual(parseCommandLine(['--dry-run', '1.0.0']), expected)
  })

  it('only helps when asked to', () => {
    assert.equal(parseCommandLine(['--help']), null)
  })

  for (const args of [[], ['minor', 'major'], ['minor', '--force']]) {
    it(`refuses "${args.join(' ')}"`, () => {
      assert.throws(() => parseCommandLine(args), UsageError)
    })
  }
})

describe('version of a release', () => {
  for (const [wanted, expected] of [
    ['patch', '1.9.4'],
    ['minor', '1.10.0'],
    ['major', '2.0.0'],
    ['1.9.10', '1.9.10'],
    ['1.10.0', '1.10.0'],
    ['2.0.0', '2.0.0'],
  ] as const) {
    it(`is ${expected} for ${wanted} after 1.9.3`, () => {
      assert.equal(nextVersion('1.9.3', wanted), expected)
    })
  }

  for (const wanted of ['1.9.3', '1.9.2', '1.8.9', '0.9.9', '2.0', 'v2.0.0', '02.0.0', 'beta']) {
    it(`cannot be ${wanted} after 1.9.3`, () => {
      assert.throws(() => nextVersion('1.9.3', wanted), UsageError)
    })
  }
})
