import assert from 'node:assert/strict'
import { parseCommandLine, UsageError } from '../../../emulator/options'

describe('command line', () => {
  it('needs nothing', () => {
    const options = parseCommandLine([])
    assert.equal(options?.emulator.host, '127.0.0.1')
    assert.equal(options.emulator.port, 10012)
    assert.equal(options.emulator.shards.startIndex, 51247n)
    assert.equal(options.emulator.groups.maxGroupsPerLogstore, 15)
    assert.equal(options.controlPort, undefined)
  })

  it('takes what it is told', () => {
    const options = parseCommandLine([
      ...['--logstore', 'one-log:1', '--logstore', 'two-log:2', '--advertise', '[::1]:99'],
      ...['--start-index', '68719476736', '--retention-mib', '1', '--control-port', '0'],
    ])
    assert.deepEqual(options?.emulator.logstores, [
      { name: 'one-log', shards: 1 },
      { name: 'two-log', shards: 2 },
    ])
    assert.deepEqual(options.emulator.advertise, { host: '::1', port: 99 })
    assert.equal(options.emulator.shards.startIndex, 68719476736n)
    assert.equal(options.emulator.shards.retentionBytes, 1024 * 1024)
    assert.equal(options.controlPort, 0)
  })

  it('asks for help only', () => {
    assert.equal(parseCommandLine(['--help', '--port', '1']), undefined)
  })

  for (const flags of [
    ['--bogus'],
    ['positional'],
    ['--port', '65536'],
    ['--port', '-1'],
    ['--port', 'x'],
    ['--port', ''],
    ['--port'],
    ['--start-index', '99999999999999999'],
    ['--kafka', '3.0'],
    ['--timestamps', 'minutes'],
    ['--auth-failure', 'never'],
    ['--logstore', 'a:b:c'],
    ['--logstore', 'web:x'],
    ['--advertise', 'host'],
    ['--advertise', 'host:x'],
    ['--project', ''],
    ['--group-limit-error', '99999'],
  ]) {
    it(`refuses ${flags.join(' ')} in one line`, () => {
      assert.throws(
        () => parseCommandLine(flags),
        (error) =>
          error instanceof UsageError && error.message !== '' && !error.message.includes('\n'),
      )
    })
  }
})
