import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import {
  bigWholeNumber,
  oneOf,
  parseFlags,
  UsageError,
  wholeNumber,
} from '../../../tools/shared/command-line'

const FLAGS = { port: { type: 'string' }, all: { type: 'boolean', default: false } } as const

/** A process of its own, because a command sets the exit code of its process. */
function runInProcess(run: string, ...args: readonly string[]) {
  const module = join(__dirname, '..', '..', '..', 'tools', 'shared', 'command-line.js')
  const script = `
    const { parseFlags, runCommand } = require(${JSON.stringify(module)})
    const parse = (args) => {
      const { help, ...flags } = parseFlags(args, { loud: { type: 'boolean', default: false } })
      return help ? null : flags
    }
    void runCommand({ help: 'the help', parse, run: ${run} })`
  // The second one stands where the arguments of a process have the path of the script.
  const all = ['-e', script, '--', 'script', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, all)
  return { code: status, stdout: stdout.toString(), stderr: stderr.toString() }
}

describe('parseFlags', () => {
  it('returns the values of the flags, and whether help is wanted', () => {
    const { port, all, help } = parseFlags(['--port', '1', '-h'], FLAGS)
    assert.deepEqual({ port, all, help }, { port: '1', all: false, help: true })
  })

  for (const [args, message] of [
    [['--colour'], "Unknown option '--colour'"],
    [['access.log'], "Unexpected argument 'access.log'"],
    [['--port'], "Option '--port <value>' argument missing"],
    [['--port', '--all'], "Option '--port' argument is ambiguous"],
  ] as const) {
    it(`explains in one sentence what is wrong with ${args.join(' ')}`, () => {
      assert.throws(() => parseFlags(args, FLAGS), new UsageError(message))
    })
  }
})

describe('values of a command line', () => {
  it('accept both ends of a range, and no number outside it', () => {
    assert.deepEqual([wholeNumber('n', '2', [2, 5]), wholeNumber('n', '5', [2, 5])], [2, 5])
    for (const text of ['1', '6', '-2', '2.5', '2e0', ' 2', '', 'two']) {
      const error = new UsageError(`--n takes a whole number from 2 to 5, not "${text}"`)
      assert.throws(() => wholeNumber('n', text, [2, 5]), error)
    }
  })

  it('are undefined where a flag is not given', () => {
    assert.equal(wholeNumber('n', undefined, [2, 5]), undefined)
  })

  it('keep numbers above 2^53 exact', () => {
    assert.equal(bigWholeNumber('n', '9007199254740993', [0n, 1n << 60n]), 9007199254740993n)
  })

  it('accept the choices of a flag, and name them otherwise', () => {
    assert.equal(oneOf('how', 'a', ['a', 'b']), 'a')
    assert.throws(
      () => oneOf('how', 'c', ['a', 'b']),
      new UsageError('--how takes a or b, not "c"'),
    )
  })
})

describe('runCommand', () => {
  it('ends with the exit code of the command', () => {
    const run = `async ({ loud }) => (console.log(loud), 7)`
    assert.deepEqual(runInProcess(run, '--loud'), { code: 7, stdout: 'true\n', stderr: '' })
  })

  it('prints the help, and runs nothing, when help is wanted', () => {
    const result = runInProcess(`() => { throw new Error() }`, '--help')
    assert.deepEqual(result, { code: 0, stdout: 'the help', stderr: '' })
  })

  it('explains a mistake in the command line in one line, with exit code 2', () => {
    const stderr = "Unknown option '--lout' (--help lists the options)\n"
    assert.deepEqual(runInProcess('async () => 0', '--lout'), { code: 2, stdout: '', stderr })
  })

  it('prints the message of any other error, with exit code 1', () => {
    const run = `async () => { throw new Error('the port is taken') }`
    assert.deepEqual(runInProcess(run), { code: 1, stdout: '', stderr: 'the port is taken\n' })
  })

  it('prints the stack as well for a command that asks for it', () => {
    const { code, stderr } = runInProcess(
      `async () => { throw new Error('a bug') }, hasStackTraces: true`,
    )
    assert.equal(code, 1)
    assert.match(stderr, /^Error: a bug\n {4}at /)
  })
})
