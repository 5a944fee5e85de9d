import assert from 'node:assert/strict'
import { UsageError } from '../../../tools/shared/command-line'
import { parseCommandLine } from '../../faults/options'

describe('fault runner command line', () => {
  it('runs all cases if no option is given', () => {
    assert.deepEqual(parseCommandLine([]), {
      isShort: false,
      only: [],
      parallel: 10,
    })
  })

  it('takes a choice of cases and the number of parallel cases', () => {
    const args = ['--short', '--only', 'Fetch', '--only', 'Join', '--parallel', '3']
    assert.deepEqual(parseCommandLine(args), {
      isShort: true,
      only: ['Fetch', 'Join'],
      parallel: 3,
    })
  })

  it('runs more cases at the same time if they are few', () => {
    assert.equal(parseCommandLine(['--short'])?.parallel, 14)
  })

  it('prints only help when help is wanted', () => {
    assert.equal(parseCommandLine(['--help']), null)
  })

  for (const args of [['--parallel', '0'], ['--parallel', '51'], ['--loud']]) {
    it(`refuses ${args.join(' ')}`, () => {
      assert.throws(() => parseCommandLine(args), UsageError)
    })
  }
})
