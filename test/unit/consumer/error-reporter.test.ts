import assert from 'node:assert/strict'
import type { FailingShard } from '../../../lib/consumer/conditions'
import { ErrorReporter, type ErrorReporterPorts } from '../../../lib/consumer/error-reporter'
import type { Message } from '../../../lib/delivery/message'
import { SlsKafkaError, type ErrorCode, type ErrorParams } from '../../../lib/errors'
import { ManualClock } from '../../support/manual-clock'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const MESSAGE = {} as Message

function errorOf(code: ErrorCode, params: ErrorParams = {}): SlsKafkaError {
  return new SlsKafkaError(code, params)
}

describe('consumer/error-reporter', () => {
  let clock: ManualClock
  let reporter: ErrorReporter
  let failingShards: Map<number, FailingShard>
  /** Each report as text, in order. */
  let reports: string[]
  let contained: string[]

  function create(ports: Partial<ErrorReporterPorts> = {}): void {
    clock = new ManualClock()
    failingShards = new Map()
    reports = []
    contained = []
    const complete = {
      clock,
      onFailure: ({ code }, nextTry) => reports.push(`failure ${code} ${String(nextTry)}`),
      onWarning: ({ code }) => reports.push(`warning ${code}`),
      onRecovered: (after) => reports.push(`recovered ${after}`),
      onRecordError: ({ code }, _message, isLogged) => reports.push(`record ${code} ${isLogged}`),
      sendDeadLetter: (_message, { code }, isLogged) => reports.push(`dead ${code} ${isLogged}`),
      onStarted: () => reports.push('started'),
      onJoined: (shards) => reports.push(`joined ${shards.join()}`),
      onStopped: () => reports.push('stopped'),
      onContained: (error) => contained.push(String(error)),
      ...ports,
    } satisfies ErrorReporterPorts
    reporter = new ErrorReporter(complete, failingShards)
  }

  beforeEach(() => {
    create()
  })

  function failShard(shard: number, error: SlsKafkaError): void {
    reporter.reportShardFailure(shard, error)
    failingShards.set(shard, { error, unreadable: null })
  }

  function readShard(shard: number): void {
    if (failingShards.delete(shard)) reporter.reportShardRecovery()
  }

  describe('with an outage of the consumer', () => {
    it('reports each code once, and its end with the time since the first', async () => {
      reporter.reportOutage(errorOf('SLS_UNREACHABLE'), 2, clock.monotonic())
      await clock.advance(20 * SECOND)
      for (const code of ['SLS_UNREACHABLE', 'SLS_AUTH_FAILED', 'SLS_UNREACHABLE'] as const) {
        reporter.reportOutage(errorOf(code), null, clock.monotonic())
      }
      await clock.advance(10 * SECOND)
      reporter.reportRecovery()
      reporter.reportRecovery()
      assert.deepEqual(reports, [
        'failure SLS_UNREACHABLE 2',
        'failure SLS_AUTH_FAILED null',
        'recovered 30',
      ])
    })

    it('reports a code again after a recovery or a new run', () => {
      const fail = (): void => {
        reporter.reportOutage(errorOf('SLS_UNREACHABLE'), null, clock.monotonic())
      }
      fail()
      reporter.reportRecovery()
      fail()
      reporter.begin()
      fail()
      assert.equal(reports.filter((text) => text.startsWith('failure')).length, 3)
    })
  })

  describe('with failing shards', () => {
    it('reports a cause that several shards share once, and its end with the last of them', async () => {
      const cause = errorOf('SLS_SERVICE_ERROR', { detail: 'busy' })
      failShard(0, cause)
      failShard(1, errorOf('SLS_SERVICE_ERROR', { detail: 'busy' }))
      await clock.advance(5 * SECOND)
      readShard(0)
      readShard(1)
      readShard(1)
      assert.deepEqual(reports, ['failure SLS_SERVICE_ERROR null', 'recovered 5'])
    })

    it('reports a cause for each shard that the error names', () => {
      for (const shard of [0, 1, 1]) failShard(shard, errorOf('SLS_BATCH_UNREADABLE', { shard }))
      assert.equal(reports.length, 2)
    })

    it('reports the cause of a shard again when it has changed in between', () => {
      for (const code of ['SLS_SERVICE_ERROR', 'SLS_UNREACHABLE', 'SLS_SERVICE_ERROR'] as const) {
        failShard(0, errorOf(code))
      }
      assert.equal(reports.length, 3)
    })

    it('does not report an outage for the same cause again, and reports its end once', async () => {
      failShard(0, errorOf('SLS_AUTH_FAILED'))
      reporter.reportOutage(errorOf('SLS_AUTH_FAILED'), 2, clock.monotonic())
      await clock.advance(7 * SECOND)
      reporter.reportRecovery()
      readShard(0)
      assert.deepEqual(reports, ['failure SLS_AUTH_FAILED null', 'recovered 7'])
    })

    it('does not report a shard again for the code of an outage', () => {
      reporter.reportOutage(errorOf('SLS_AUTH_FAILED'), null, clock.monotonic())
      failShard(0, errorOf('SLS_AUTH_FAILED', { detail: 'another one' }))
      reporter.reportRecovery()
      readShard(0)
      assert.deepEqual(reports, ['failure SLS_AUTH_FAILED null', 'recovered 0'])
    })
  })

  it('reports a condition once until it has ended, or a new run begins', () => {
    const throttle = (): void => {
      reporter.reportCondition(errorOf('SLS_THROTTLED'), 'warning')
    }
    throttle()
    throttle()
    reporter.reportCondition(errorOf('SLS_GROUP_CONFLICT'), 'error')
    reporter.endCondition('SLS_THROTTLED')
    throttle()
    reporter.begin()
    throttle()
    assert.deepEqual(reports, [
      'warning SLS_THROTTLED',
      'failure SLS_GROUP_CONFLICT null',
      'warning SLS_THROTTLED',
      'warning SLS_THROTTLED',
    ])
  })

  it('reports every error of a record, and lets each code be logged once a minute', async () => {
    reporter.reportRecordError(errorOf('SLS_DECODE_FAILED'), MESSAGE)
    await clock.advance(MINUTE - 1)
    reporter.reportRecordError(errorOf('SLS_DECODE_FAILED'), MESSAGE)
    reporter.sendDeadLetter(MESSAGE, errorOf('SLS_REJECTED'))
    await clock.advance(1)
    reporter.sendDeadLetter(MESSAGE, errorOf('SLS_DECODE_FAILED'))
    assert.deepEqual(reports, [
      'record SLS_DECODE_FAILED true',
      'record SLS_DECODE_FAILED false',
      'dead SLS_REJECTED true',
      'dead SLS_DECODE_FAILED true',
    ])
  })

  it('counts what it has reported, by code, and keeps the last error overall and per shard', () => {
    const undecodable = errorOf('SLS_DECODE_FAILED', { shard: 3 })
    reporter.reportRecordError(undecodable, MESSAGE)
    reporter.sendDeadLetter(MESSAGE, undecodable)
    for (let times = 0; times < 2; times++) {
      reporter.reportCondition(errorOf('SLS_THROTTLED'), 'warning')
      reporter.report(errorOf('SLS_SKIPPED', { shard: 1 }))
    }
    const at = clock.now()
    assert.deepEqual(reporter.counts, { SLS_DECODE_FAILED: 1, SLS_THROTTLED: 1, SLS_SKIPPED: 2 })
    assert.deepEqual(reporter.lastReported, { code: 'SLS_SKIPPED', at })
    assert.equal(reporter.lastError?.params['shard'], 1)
    assert.deepEqual(reporter.lastReportedOf(3), { code: 'SLS_DECODE_FAILED', at })
    assert.equal(reporter.lastReportedOf(0), null)
  })

  it('contains what a listener throws, except for the errors of records', () => {
    const fail = (): never => {
      throw new Error('no log')
    }
    create({
      onFailure: fail,
      onWarning: fail,
      onRecovered: fail,
      onStarted: fail,
      onJoined: fail,
      onStopped: fail,
      onRecordError: fail,
      sendDeadLetter: fail,
    })
    reporter.reportStarted()
    reporter.reportJoined([0])
    reporter.reportOutage(errorOf('SLS_UNREACHABLE'), null, 0)
    reporter.reportRecovery()
    reporter.reportCondition(errorOf('SLS_THROTTLED'), 'warning')
    reporter.reportStopped()
    assert.deepEqual(contained, new Array<string>(6).fill('Error: no log'))
    const error = errorOf('SLS_SEND_FAILED')
    assert.throws(() => {
      reporter.reportRecordError(error, MESSAGE)
    }, /no log/)
    assert.throws(() => {
      reporter.sendDeadLetter(MESSAGE, error)
    }, /no log/)
  })
})
