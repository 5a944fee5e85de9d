import assert from 'node:assert/strict'
import { parseCommandLine, UsageError } from '../../faults/options'

describe('fault runner command line', () => {
  it('runs all cases with the default client if no option is given', () => {
    assert.deepEqual(parseCommandLine([]), {
      isShort: false,
      only: [],
      client: null,
      parallel: 10,
    })
  })

  it('takes a choice of cases, a client and the number of parallel cases', () => {
    const args = [
      '--short',
      '--only',
      'Fetch',
      '--only',
      'Join',
      '--client',
      'kafkajs',
      '--parallel',
      '3',
    ]
    assert.deepEqual(parseCommandLine(args), {
      isShort: true,
      only: ['Fetch', 'Join'],
      client: 'kafkajs',
      parallel: 3,
    })
  })

  it('runs more cases at the same time if they are few', () => {
    assert.equal(parseCommandLine(['--short'])?.parallel, 14)
  })

  it('prints only help when help is wanted', () => {
    assert.equal(parseCommandLine(['--help']), undefined)
  })

  for (const args of [
    ['--client', 'none'],
    ['--parallel', '0'],
    ['--parallel', '51'],
    ['--loud'],
  ]) {
    it(`refuses ${args.join(' ')}`, () => {
      assert.throws(() => parseCommandLine(args), UsageError)
    })
  }
})
