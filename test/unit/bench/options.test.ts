import assert from 'node:assert/strict'
import type { Case } from '../../../tools/bench/case'
import { help, parseCommandLine, type BenchOptions } from '../../../tools/bench/options'
import { UsageError } from '../../../tools/shared/command-line'

const CASES = (['quick', 'usual', 'peers'] as const).map((kind): Case => {
  const rows = [{ title: `what is ${kind}`, unit: 'records/s', wanted: null }]
  return { name: `the-${kind}`, kind, rounds: 1, rows, start: () => assert.fail() }
})

function parsed(...args: readonly string[]): BenchOptions {
  const options = parseCommandLine(args, CASES)
  assert.ok(options)
  return options
}

function names(...args: readonly string[]): string[] {
  return parsed(...args).cases.map(({ name }) => name)
}

describe('options of the benchmarks', () => {
  it('measure all cases but the peers by default, and print a table', () => {
    assert.deepEqual(names(), ['the-quick', 'the-usual'])
    const { isQuick, form } = parsed()
    assert.deepEqual({ isQuick, form }, { isQuick: false, form: 'table' })
  })

  it('choose cases', () => {
    assert.deepEqual(names('--peers'), ['the-quick', 'the-usual', 'the-peers'])
    assert.deepEqual(names('--quick'), ['the-quick'])
    assert.deepEqual(names('--case', 'the-peers'), ['the-peers'])
  })

  it('choose all cases whose names begin with the name and a hyphen', () => {
    assert.deepEqual(names('--case', 'the'), ['the-quick', 'the-usual', 'the-peers'])
    assert.throws(() => parsed('--case', 'th'), UsageError)
  })

  it('choose how the result is printed', () => {
    assert.equal(parsed('--json').form, 'json')
  })

  it('refuse what makes no sense in one line', () => {
    for (const args of [['--case', 'none'], ['--markdown'], ['record']]) {
      assert.throws(() => parsed(...args), UsageError)
    }
    assert.throws(() => parsed('--case', 'none'), /the cases are the-quick, the-usual, the-peers$/)
  })

  it('tell of all cases', () => {
    assert.equal(parseCommandLine(['--help'], CASES), null)
    for (const { name, rows } of CASES) {
      assert.ok(help(CASES).includes(`  ${name}`))
      assert.ok(help(CASES).includes(rows[0]?.title ?? ''))
    }
  })
})
