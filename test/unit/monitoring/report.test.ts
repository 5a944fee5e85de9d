import assert from 'node:assert/strict'
import { SlsKafkaError } from '../../../lib/errors'
import { reportOf, type ConsumerReport } from '../../../lib/monitoring/report'
import { consumerRig } from '../../support/consumer-rig'
import { record } from '../../support/fake-source'
import { reportKind } from '../../support/reported-outcome'
import { RecordList } from '../../../lib/kafka/records/fetched-records'

const HOUR = 3_600_000
/** Milliseconds between two responses of an idle logstore. */
const ANSWERED_EVERY = 20_000
const MINUTE = 60_000
/** The time of the records of the fake source. */
const WRITTEN_AT = 1_795_342_764_638

describe('report', () => {
  function rig(settings: Record<string, unknown> = {}): ReturnType<typeof consumerRig> {
    const made = consumerRig({}, settings)
    made.consumer.start()
    return made
  }

  const reportOfRig = ({ consumer }: ReturnType<typeof consumerRig>): ConsumerReport =>
    reportOf(consumer.snapshot())

  it('is plain JSON, also with offsets beyond 2^53', async () => {
    const test = rig({ commit: 'onAck' })
    test.source().assign([3, 1])
    test.source().deliver(3, 9_007_199_254_740_993n, ['a', 'bcd'])
    await test.clock.advance(2_000)
    const report = reportOfRig(test)
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report)
    const [first, second] = report.shards
    assert.deepEqual([first?.partition, first?.position, first?.lastFetchAt], [1, null, null])
    const { oldestSeconds, inFlight, attempts, nextAttemptAt, ...of3 } =
      second ?? assert.fail('no shard')
    assert.deepEqual([oldestSeconds, inFlight, attempts, nextAttemptAt], [2, 2, 1, null])
    assert.deepEqual(of3, {
      partition: 3,
      position: '9007199254740995',
      committed: null,
      queued: 0,
      records: 2,
      bytes: 4,
      rate: 0.2,
      bytesPerSecond: 0.4,
      delaySeconds: 2,
      isPaused: false,
      stopped: null,
      lastFetchAt: test.clock.now() - 2_000,
      lastError: null,
    })
    assert.deepEqual([report.rate, report.bytesPerSecond], [0.2, 0.4])
    assert.equal(report.lastFetchAt, of3.lastFetchAt)
    await stop(test)
  })

  it('has no delay for an idle logstore, however long nothing is written', async () => {
    const test = consumerRig()
    await test.clock.advance(WRITTEN_AT - test.clock.now())
    test.consumer.start()
    test.source().assign([0, 1])
    test.source().deliver(0, 10n, ['a'])
    await test.clock.advance(30_000)
    test.source().emit({ type: 'caught-up', shard: 1 })
    assert.deepEqual(
      reportOfRig(test).shards.map(({ delaySeconds }) => delaySeconds),
      [30, 0],
    )
    for (let passed = 0; passed < HOUR; passed += ANSWERED_EVERY) {
      for (const shard of [0, 1]) test.source().emit({ type: 'caught-up', shard })
      await test.clock.advance(ANSWERED_EVERY)
    }
    const report = reportOfRig(test)
    assert.deepEqual([report.delaySeconds, report.shards[0]?.delaySeconds], [0, 0])
    assert.equal(report.shards[0]?.lastFetchAt, test.clock.now() - ANSWERED_EVERY)
    const late = { ...record(11n, 'b'), timestamp: test.clock.now() - 5_000 }
    const records = new RecordList([late])
    test.source().emit({ type: 'fetched', batch: { shard: 0, records, next: 12n } })
    await test.clock.settle()
    assert.equal(reportOfRig(test).delaySeconds, 5)
    await stop(test)
  })

  it('has the delay and the last states of shards while the membership is lost', async () => {
    const test = rig({ commit: 'onAck' })
    test.source().assign([0, 1])
    test.source().deliver(0, 10n, ['a'])
    test.source().emit({ type: 'caught-up', shard: 1 })
    await test.clock.advance(5_000)
    test.source().fail(new SlsKafkaError('SLS_AUTH_FAILED'))
    await test.clock.advance(MINUTE)
    const report = reportOfRig(test)
    assert.deepEqual([report.state, report.code], ['failed', 'SLS_AUTH_FAILED'])
    assert.deepEqual([report.delaySeconds, report.inFlight, report.oldestSeconds], [65, 0, 0])
    const [first, second] = report.shards
    assert.deepEqual([first?.position, first?.records, first?.delaySeconds], ['11', 1, 65])
    assert.deepEqual([second?.position, second?.records, second?.delaySeconds], [null, 0, 65])
    test.source().assign([0])
    test.source().deliver(0, 10n, ['a'])
    await test.clock.settle()
    const again = reportOfRig(test)
    assert.equal(again.shards.length, 1, 'the other one has moved away')
    assert.deepEqual([again.oldestSeconds, again.inFlight], [65, 1], 'since it was sent first')
    test.source().assign([0, 1], { kept: new Set([0]) })
    assert.equal(reportOfRig(test).shards[1]?.delaySeconds, 0, 'it came back')
    await stop(test)
    const stopped = reportOfRig(test)
    assert.deepEqual([stopped.delaySeconds, stopped.shards], [0, []])
  })

  it('has no delay for a member without shards', async () => {
    const test = rig()
    await test.clock.advance(10_000)
    assert.equal(reportOfRig(test).delaySeconds, 10, 'before the group has answered')
    test.source().assign([])
    await test.clock.advance(HOUR)
    assert.equal(reportOfRig(test).delaySeconds, 0)
    await stop(test)
  })

  it('has the position and the committed offset of each shard', async () => {
    const test = rig()
    test.source().assign([0])
    test.source().deliver(0, 10n, ['a'])
    await test.clock.advance(10_000)
    const [shard] = reportOfRig(test).shards
    assert.deepEqual([shard?.position, shard?.committed], ['11', '11'])
    await stop(test)
  })

  it('counts errors by code, and has only code and time of the last one of each shard', async () => {
    const test = rig({ format: 'json' })
    test.source().assign([0, 1])
    test.source().deliver(0, 10n, ['no', 'neither'])
    await test.clock.settle()
    const at = test.clock.now()
    await test.clock.advance(20_000)
    test.source().emit({
      type: 'shard-failed',
      shard: 1,
      error: new SlsKafkaError('SLS_CLIENT_FAILED', { shard: 1 }),
      unreadable: null,
    })
    const report = reportOfRig(test)
    assert.deepEqual(report.errors, { SLS_DECODE_FAILED: 2, SLS_CLIENT_FAILED: 1 })
    assert.deepEqual(report.lastError, { code: 'SLS_CLIENT_FAILED', at: test.clock.now() })
    assert.deepEqual(report.shards[0]?.lastError, { code: 'SLS_DECODE_FAILED', at })
    assert.deepEqual(
      report.shards.map(({ stopped }) => stopped),
      [null, 'SLS_CLIENT_FAILED'],
    )
    assert.equal(report.code, 'SLS_CLIENT_FAILED')
    await stop(test)
  })

  it('counts a record once that is reported and then becomes a dead letter', async () => {
    const test = rig({ format: 'json', commit: 'onAck', maxAttempts: '1', onExhausted: 'output' })
    test.source().assign([0])
    test.source().deliver(0, 10n, ['no'])
    await test.clock.settle()
    assert.deepEqual(reportOfRig(test).errors, { SLS_DECODE_FAILED: 1 })
    await stop(test)
  })

  it('has the attempts of the oldest record, and what stops a shard', async () => {
    const test = rig({ commit: 'onAck', maxAttempts: '2' })
    test.source().assign([0])
    test.source().deliver(0, 10n, ['a'])
    await test.clock.settle()
    const nackLast = (): void => {
      reportKind('nack', test.sent.at(-1) ?? assert.fail('no message'))
    }
    nackLast()
    await test.clock.advance(5_000)
    assert.deepEqual([reportOfRig(test).attempts, reportOfRig(test).shards[0]?.attempts], [2, 2])
    nackLast()
    assert.equal(reportOfRig(test).shards[0]?.stopped, 'SLS_ATTEMPTS_EXHAUSTED')
    await stop(test)
  })

  it('shows a pause of the user', async () => {
    const test = rig()
    test.source().assign([0, 1])
    test.executor.pause([1])
    const flags = (): boolean[] => reportOfRig(test).shards.map(({ isPaused }) => isPaused)
    assert.deepEqual([reportOfRig(test).isPaused, ...flags()], [false, false, true])
    test.executor.pause(null)
    assert.deepEqual([reportOfRig(test).isPaused, ...flags()], [true, true, true])
    await stop(test)
  })

  it('describes a consumer that does not run', () => {
    const { state, shards, code, lastFetchAt } = reportOfRig(consumerRig())
    assert.deepEqual([state, shards, code, lastFetchAt], ['stopped', [], null, null])
  })

  async function stop({ consumer, clock }: ReturnType<typeof consumerRig>): Promise<void> {
    const closed = consumer.close()
    await clock.advance(5_000)
    await closed
  }
})
