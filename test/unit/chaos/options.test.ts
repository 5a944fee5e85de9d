import assert from 'node:assert/strict'
import { parseCommandLine } from '../../../tools/chaos/options'
import { UsageError } from '../../../tools/shared/command-line'

describe('chaos command line', () => {
  it('needs nothing, and then takes a seed of its own', () => {
    const { seed, ...rest } = parseCommandLine([]) ?? { seed: -1 }
    assert.deepEqual(rest, { minutes: 1, watchesGrowth: false, isVerbose: false })
    assert.ok(Number.isInteger(seed) && seed >= 0)
  })

  it('takes minutes and a seed', () => {
    assert.deepEqual(parseCommandLine(['--minutes', '0.5', '--seed', '7', '--verbose']), {
      minutes: 0.5,
      seed: 7,
      watchesGrowth: false,
      isVerbose: true,
    })
  })

  it('takes an hour, and the wish to watch growth in a short run', () => {
    assert.equal(parseCommandLine(['--minutes', '60'])?.minutes, 60)
    assert.equal(parseCommandLine(['--minutes', '2', '--growth'])?.watchesGrowth, true)
  })

  it('only helps when asked to', () => {
    assert.equal(parseCommandLine(['--help']), null)
  })

  for (const args of [
    ['--minutes', '0'],
    ['--minutes', '121'],
    ['--minutes', '1e1'],
    ['--seed', '-1'],
    ['--seed', '1.5'],
    ['--seed', '4294967296'],
    ['--what'],
  ]) {
    it(`refuses ${args.join(' ')}`, () => {
      assert.throws(() => parseCommandLine(args), UsageError)
    })
  }
})
