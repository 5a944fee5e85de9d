import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const MOCHA = require.resolve('mocha/bin/mocha.js')
const FILES = ['one.js', 'two.js', 'three.js'].map((name) => join(__dirname, 'in-full', name))

/** In two processes, so that one of them runs two files; with one job mocha would start none. */
function run(full: '1' | '0'): { passes: number; pending: number } {
  const { stdout } = spawnSync(
    process.execPath,
    [MOCHA, '--no-config', '--parallel', '--jobs', '2', '--reporter', 'json', ...FILES],
    { encoding: 'utf8', env: { ...process.env, INTEGRITY_FULL: full } },
  )
  return (JSON.parse(stdout) as { stats: { passes: number; pending: number } }).stats
}

describe('tests that take minutes', () => {
  it('all run when the suite is run in full', () => {
    assert.equal(run('1').passes, FILES.length)
  })

  it('are all shown as pending when it is not', () => {
    const { passes, pending } = run('0')
    assert.deepEqual({ passes, pending }, { passes: 0, pending: FILES.length })
  })
})
