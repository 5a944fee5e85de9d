import assert from 'node:assert/strict'
import { HELP } from '../../../tools/emulator/help'
import { parseCommandLine } from '../../../tools/emulator/options'
import { UsageError } from '../../../tools/shared/command-line'

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

  it('takes switches and faults', () => {
    const emulator = parseCommandLine([
      ...['--nodes', '3', '--bandwidth', '500000', '--negative-commits', 'refuse'],
      ...['--inbound-bandwidth', '20000', '--write-limits', 'sls', '--shard-rate', '9'],
      ...['--max-version', 'Fetch=4', '--max-version', 'JoinGroup=-1', '--compression', 'gzip'],
      ...['--max-group-logs', '131072', '--fault', 'delay,api=Fetch,ms=5', '--fault', 'drop'],
    ])?.emulator
    assert.equal(emulator?.nodes, 3)
    assert.equal(emulator.bytesPerSecond, 500_000)
    assert.equal(emulator.inboundBytesPerSecond, 20_000)
    assert.equal(emulator.shardBytesPerSecond, 9)
    assert.deepEqual(emulator.writeLimits, { logs: 4_096, bytes: 3_145_728 })
    assert.equal(emulator.refusesNegativeCommits, true)
    assert.deepEqual(emulator.maxVersions, { Fetch: 4, JoinGroup: -1 })
    assert.equal(emulator.shards.compression, 'gzip')
    assert.equal(emulator.shards.maxGroupLogs, 131_072)
    assert.deepEqual(
      emulator.faults.map(({ action, apis }) => [action.kind, ...apis]),
      [['delay', 'Fetch'], ['drop']],
    )
  })

  it('takes virtual topics, all with the same answer for what is filtered out', () => {
    const flags = [
      '--view',
      'web-log.3:status=500',
      '--view',
      'web-log.0:level=',
      '--filtered',
      'gap',
    ]
    const { views, filtered } = parseCommandLine(flags)?.emulator ?? {}
    assert.equal(filtered, 'gap')
    assert.deepEqual(views, [
      {
        logstore: 'web-log',
        definition: { id: 3, where: { field: 'status', equals: '500' }, filtered },
      },
      {
        logstore: 'web-log',
        definition: { id: 0, where: { field: 'level', equals: '' }, filtered },
      },
    ])
  })

  it('tells switches and routes in the help', () => {
    for (const flag of [
      '--view',
      '/views',
      '--fault',
      '--bandwidth',
      '--nodes',
      '--max-version',
      '/switches',
    ]) {
      assert.ok(HELP.includes(flag), flag)
    }
  })

  it('asks for help only', () => {
    assert.equal(parseCommandLine(['--help', '--port', '1']), null)
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
    ['--nodes', '0'],
    ['--bandwidth', '0'],
    ['--inbound-bandwidth', '0'],
    ['--write-limits', 'many'],
    ['--shard-rate', '0'],
    ['--max-version', 'Fetch'],
    ['--max-version', 'Fetsch=1'],
    ['--negative-commits', 'sometimes'],
    ['--compression', 'lz4'],
    ['--max-group-logs', '131073'],
    ['--fault', 'explode'],
    ['--reception', 'tea'],
    ['--view', 'web-log'],
    ['--view', 'web-log.32:status=500'],
    ['--filtered', 'never'],
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
