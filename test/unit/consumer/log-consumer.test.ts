import assert from 'node:assert/strict'
import type { BatchMessage } from '../../../lib/delivery/message'
import { SlsKafkaError } from '../../../lib/errors'
import { consumerRig, type ConsumerRig } from '../../support/consumer-rig'

const INTERVAL = 5_000

describe('consumer/log-consumer', () => {
  it('sends every record once, in order within its shard', async () => {
    const { consumer, clock, source, sent } = consumerRig()
    consumer.start()
    source().assign([0, 1])
    source().deliver(0, 10n, ['a', 'b', 'c'])
    source().deliver(1, 20n, ['x', 'y'])
    await clock.settle()
    const offsets = (shard: number): string[] =>
      sent.filter(({ partition }) => partition === shard).map(({ offset }) => offset)
    assert.deepEqual(offsets(0), ['10', '11', '12'])
    assert.deepEqual(offsets(1), ['20', '21'])
  })

  it('takes turns between shards', async () => {
    const { consumer, clock, source, sent } = consumerRig()
    consumer.start()
    source().assign([0, 1])
    source().deliver(0, 0n, ['a', 'b', 'c'])
    source().deliver(1, 0n, ['x', 'y', 'z'])
    await clock.settle()
    assert.deepEqual(
      sent.map(({ partition }) => partition),
      [0, 1, 0, 1, 0, 1],
    )
  })

  it('sends one record in a turn of the event loop, so that nodes keep up', () => {
    const { consumer, clock, source, sent } = consumerRig()
    consumer.start()
    source().assign([0])
    source().deliver(0, 0n, new Array<string>(1000).fill('x'))
    clock.turn()
    assert.equal(sent.length, 1)
    clock.turn()
    assert.equal(sent.length, 2)
  })

  it('reports once that no member is assigned its logstore, until it owns a shard', () => {
    const { consumer, source, failures } = consumerRig()
    const isLeftOut = (): boolean => consumer.snapshot().isLeftOut
    consumer.start()
    source().assign([], { total: 4 })
    source().emit({ type: 'no-assignment', isLogstoreUnassigned: true })
    source().assign([], { total: 4 })
    source().emit({ type: 'no-assignment', isLogstoreUnassigned: true })
    assert.equal(isLeftOut(), true)
    source().emit({ type: 'no-assignment', isLogstoreUnassigned: false })
    assert.equal(isLeftOut(), false)
    source().emit({ type: 'no-assignment', isLogstoreUnassigned: true })
    source().assign([1], { total: 4 })
    assert.equal(isLeftOut(), false)
    assert.deepEqual(failures, ['SLS_GROUP_CONFLICT null', 'SLS_GROUP_CONFLICT null'])
  })

  it('warns once while the service throttles it, and shows that until some time has passed', async () => {
    const { consumer, clock, source, warnings, failures } = consumerRig()
    const isThrottled = (): boolean => consumer.snapshot().isThrottled
    consumer.start()
    source().assign([0])
    assert.equal(isThrottled(), false)
    source().emit({ type: 'throttled', milliseconds: 40_000 })
    await clock.advance(49_999)
    assert.equal(isThrottled(), true, 'for the throttle time, and ten seconds more')
    assert.equal(consumer.snapshot().state.name, 'consuming', 'no response was due')
    source().emit({ type: 'throttled', milliseconds: 1_000 })
    assert.deepEqual(warnings, ['SLS_THROTTLED'])
    assert.equal(consumer.snapshot().lastError?.code, 'SLS_THROTTLED')
    await clock.advance(11_000)
    assert.equal(isThrottled(), false)
    source().emit({ type: 'throttled', milliseconds: 1_000 })
    assert.deepEqual(warnings, ['SLS_THROTTLED', 'SLS_THROTTLED'])
    assert.deepEqual(failures, [])
  })

  describe('reports a cause once', () => {
    const cause = new Error('no such logstore')
    const REPORTED = ['SLS_CLIENT_FAILED null']

    function reading(): ConsumerRig {
      const rig = consumerRig()
      rig.consumer.start()
      rig.source().assign([0, 1, 2])
      rig.source().emit({ type: 'alive' })
      return rig
    }

    it('if several shards fail for it', () => {
      const { source, failures, consumer } = reading()
      for (const shard of [0, 1, 2])
        source().emit({ type: 'shard-failed', shard, error: cause, unreadable: null })
      assert.deepEqual(failures, REPORTED)
      assert.deepEqual(consumer.snapshot().stoppedShards, [0, 1, 2])
      source().emit({
        type: 'shard-failed',
        shard: 1,
        error: new Error('another one'),
        unreadable: null,
      })
      assert.equal(failures.length, 1, 'the code of a failing shard counts, not the text')
    })

    it('but reports each cause that names its shard or has another code', () => {
      const { source, failures } = reading()
      for (const shard of [0, 1]) {
        const error = new SlsKafkaError('SLS_BATCH_UNREADABLE', { shard })
        source().emit({ type: 'shard-failed', shard, error, unreadable: null })
      }
      source().emit({ type: 'shard-failed', shard: 2, error: cause, unreadable: null })
      assert.deepEqual(failures, [
        'SLS_BATCH_UNREADABLE null',
        'SLS_BATCH_UNREADABLE null',
        ...REPORTED,
      ])
    })

    it('if shards fail for it, and then the whole membership', async () => {
      const { source, failures, recoveries, clock } = reading()
      source().emit({ type: 'shard-failed', shard: 0, error: cause, unreadable: null })
      source().fail(cause)
      await clock.settle()
      assert.deepEqual(failures, REPORTED)
      await clock.advance(60_000)
      source().assign([0, 1, 2])
      source().emit({ type: 'alive' })
      source().emit({ type: 'caught-up', shard: 0 })
      assert.equal(recoveries.length, 1, 'the recovery is reported nevertheless, and once')
    })

    it('if shards fail for it, and its end when the last of them is read', async () => {
      const { source, recoveries, clock } = reading()
      for (const shard of [0, 1])
        source().emit({ type: 'shard-failed', shard, error: cause, unreadable: null })
      await clock.advance(20_000)
      source().deliver(0, 10n, ['a'])
      source().emit({ type: 'caught-up', shard: 2 })
      assert.deepEqual(recoveries, [])
      source().emit({ type: 'caught-up', shard: 1 })
      assert.deepEqual(recoveries, [20])
      source().emit({ type: 'caught-up', shard: 1 })
      assert.deepEqual(recoveries, [20])
    })

    it('if the connection does not come back for it, and then shards fail', async () => {
      const { source, failures, clock } = reading()
      source().emit({ type: 'trouble', error: cause })
      await clock.advance(12_000)
      assert.deepEqual(failures, REPORTED)
      for (const shard of [0, 1, 2])
        source().emit({ type: 'shard-failed', shard, error: cause, unreadable: null })
      assert.deepEqual(failures, REPORTED)
    })
  })

  it('commits no sooner than the commit interval after sending', async () => {
    const { consumer, clock, source } = consumerRig()
    consumer.start()
    source().assign([0])
    await clock.advance(INTERVAL - 1)
    source().deliver(0, 10n, ['a'])
    await clock.advance(INTERVAL)
    assert.deepEqual(source().commits, [])
    await clock.advance(INTERVAL)
    assert.deepEqual(source().commits, [{ 0: '11' }])
  })

  it('commits everything sent at a clean stop, and nothing that was only fetched', async () => {
    const { consumer, clock, source, sent } = consumerRig({ maxRate: 1 })
    consumer.start()
    source().assign([0])
    source().deliver(0, 10n, ['a', 'b', 'c'])
    await clock.settle()
    assert.equal(sent.length, 1)
    await consumer.close()
    assert.deepEqual(source().committed, { 0: '11' })
    assert.equal(clock.pending, 0, 'nothing is left running')
  })

  it('commits sent records when its client has failed, and drops its queue', async () => {
    const { consumer, clock, source, sent } = consumerRig({ maxRate: 1 })
    consumer.start()
    source().assign([0])
    source().deliver(0, 10n, ['a', 'b', 'c'])
    await clock.settle()
    const { listener } = source()
    await listener.beforeRelease('failure')
    await clock.advance(2_000)
    assert.equal(sent.length, 1)
    assert.deepEqual(source().committed, { 0: '11' })
  })

  it('sends nothing once a stop has begun', async () => {
    const { consumer, clock, source, sent } = consumerRig()
    consumer.start()
    source().assign([0])
    source().deliver(0, 10n, ['a', 'b'])
    const closed = consumer.close()
    await clock.settle()
    await closed
    assert.equal(sent.length, 0)
    assert.deepEqual(source().commits, [])
  })

  it('sends a failed commit again', async () => {
    const { consumer, clock, source } = consumerRig()
    consumer.start()
    source().assign([0])
    source().deliver(0, 10n, ['a'])
    source().outcome = 'failed'
    await clock.advance(3 * INTERVAL)
    source().outcome = 'committed'
    await clock.advance(INTERVAL)
    assert.deepEqual(source().committed, { 0: '11' })
  })

  it('commits only a shard again that the service has refused', async () => {
    const { consumer, clock, source } = consumerRig()
    consumer.start()
    source().assign([0, 1])
    source().deliver(0, 10n, ['a'])
    source().deliver(1, 20n, ['b'])
    source().outcome = 'failed'
    source().takenAlone = new Set([1])
    await clock.advance(3 * INTERVAL)
    assert.deepEqual(source().commits, [{ 1: '21' }])
    source().outcome = 'committed'
    await clock.advance(INTERVAL)
    assert.deepEqual(source().commits, [{ 1: '21' }, { 0: '11' }])
  })

  it('commits an unchanged position again every ten minutes', async () => {
    const { consumer, clock, source } = consumerRig()
    consumer.start()
    source().assign([0])
    source().deliver(0, 10n, ['a'])
    await clock.advance(650_000)
    assert.deepEqual(source().commits, [{ 0: '11' }, { 0: '11' }])
  })

  it('continues a kept shard after a rebalance, and starts a new shard empty', async () => {
    const { consumer, clock, source, payloads } = consumerRig({ maxRate: 1000 })
    consumer.start()
    source().assign([0, 1])
    source().deliver(0, 0n, ['kept'])
    source().deliver(1, 0n, ['lost'])
    const released = source().listener.beforeRelease('rebalance')
    await clock.settle()
    await released
    assert.deepEqual(payloads(), [])
    source().assign([0, 2], { kept: new Set([0]), total: 3 })
    source().deliver(2, 0n, ['new'])
    await clock.advance(1000)
    assert.deepEqual(payloads(), ['kept', 'new'])
    assert.equal(consumer.snapshot().shards, 2)
  })

  it('does not commit records before a rebalance that were sent just now', async () => {
    const { consumer, clock, source } = consumerRig()
    consumer.start()
    source().assign([0])
    source().deliver(0, 10n, ['a'])
    await clock.settle()
    await source().listener.beforeRelease('rebalance')
    assert.deepEqual(source().commits, [])
  })

  it('keeps to the maximum rate', async () => {
    const { consumer, clock, source, sent } = consumerRig({ maxRate: 20 })
    consumer.start()
    source().assign([0])
    source().deliver(0, 0n, new Array<string>(500).fill('x'))
    await clock.advance(5_000)
    assert.ok(sent.length >= 99 && sent.length <= 102, String(sent.length))
  })

  describe('in batches', () => {
    const batch = { size: 3, waitMs: 1_000 }

    function batches({ sent }: ConsumerRig): unknown[][] {
      return sent.map((message) => (message as unknown as BatchMessage).payload)
    }

    it('sends full batches at once and the rest after the wait', async () => {
      const test = consumerRig({ batch })
      test.consumer.start()
      test.source().assign([0])
      test.source().deliver(0, 0n, ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
      await test.clock.settle()
      assert.deepEqual(batches(test), [
        ['a', 'b', 'c'],
        ['d', 'e', 'f'],
      ])
      await test.clock.advance(batch.waitMs)
      assert.deepEqual(batches(test).at(-1), ['g'])
    })

    it('fills a batch from several fetches, and waits no longer than it should', async () => {
      const test = consumerRig({ batch })
      test.consumer.start()
      test.source().assign([0])
      test.source().deliver(0, 0n, ['a'])
      await test.clock.advance(600)
      test.source().deliver(0, 1n, ['b'])
      await test.clock.advance(399)
      assert.deepEqual(batches(test), [])
      await test.clock.advance(1)
      assert.deepEqual(batches(test), [['a', 'b']])
      test.source().deliver(0, 2n, ['c', 'd'])
      await test.clock.advance(100)
      test.source().deliver(0, 4n, ['e'])
      await test.clock.settle()
      assert.deepEqual(batches(test).at(-1), ['c', 'd', 'e'])
    })

    it('never mixes shards', async () => {
      const test = consumerRig({ batch })
      test.consumer.start()
      test.source().assign([0, 1])
      test.source().deliver(0, 0n, ['a', 'b'])
      test.source().deliver(1, 0n, ['x', 'y', 'z'])
      await test.clock.advance(batch.waitMs)
      assert.deepEqual(batches(test), [
        ['x', 'y', 'z'],
        ['a', 'b'],
      ])
    })

    it('leaves out an undecodable record, and reports it separately', async () => {
      const test = consumerRig({ batch, format: 'json' })
      test.consumer.start()
      test.source().assign([0])
      test.source().deliver(0, 0n, ['1', 'not json', '3', 'no', 'no', 'no'])
      await test.clock.settle()
      assert.deepEqual(batches(test), [[1, 3]])
      assert.equal(test.recordErrors.length, 4)
      await test.consumer.close()
      assert.deepEqual(test.source().committed, { 0: '6' })
    })

    it('commits sent records at a stop, but no records that wait for their batch', async () => {
      const test = consumerRig({ batch })
      test.consumer.start()
      test.source().assign([0])
      test.source().deliver(0, 0n, ['a', 'b', 'c', 'd'])
      await test.clock.settle()
      await test.consumer.close()
      assert.deepEqual(test.source().committed, { 0: '3' })
      assert.equal(test.clock.pending, 0)
    })

    it('does not wait for a batch that is larger than its memory limit', async () => {
      const test = consumerRig({ batch: { size: 1000, waitMs: 60_000 }, maxInFlightBytes: 2_000 })
      test.consumer.start()
      test.source().assign([0])
      test.source().deliver(0, 0n, new Array<string>(20).fill('x'.repeat(100)))
      await test.clock.settle()
      assert.equal(batches(test)[0]?.length, 20)
      assert.deepEqual([...test.source().paused], [])
    })

    it('keeps to the maximum rate of records', async () => {
      const test = consumerRig({ batch: { size: 10, waitMs: 0 }, maxRate: 50 })
      test.consumer.start()
      test.source().assign([0])
      test.source().deliver(0, 0n, new Array<string>(500).fill('x'))
      await test.clock.advance(4_000)
      const records = batches(test).flat().length
      assert.ok(records >= 200 && records <= 220, String(records))
    })
  })

  it('stops fetching a shard whose queue is full and resumes it when it has drained', async () => {
    const { consumer, clock, source, sent } = consumerRig({
      maxRate: 100,
      maxInFlightBytes: 20_000,
    })
    consumer.start()
    source().assign([0, 1])
    source().deliver(0, 0n, new Array<string>(100).fill('x'.repeat(100)))
    source().deliver(1, 0n, ['small'])
    assert.deepEqual([...source().paused], [0])
    await clock.advance(1_000)
    assert.deepEqual([...source().paused], [])
    assert.ok(sent.length > 50)
  })

  it('reports an undecodable record with its code, and continues', async () => {
    const { consumer, clock, source, recordErrors, payloads } = consumerRig({ format: 'json' })
    consumer.start()
    source().assign([0])
    source().deliver(0, 10n, ['{"a":1}', 'not json', '', '{"b":2}'])
    await clock.settle()
    assert.deepEqual(payloads(), [{ a: 1 }, { b: 2 }])
    assert.deepEqual(recordErrors, ['SLS_DECODE_FAILED 11', 'SLS_VALUE_EMPTY 12'])
    assert.equal(consumer.snapshot().recordError?.code, 'SLS_VALUE_EMPTY')
    await clock.advance(10_000)
    assert.equal(consumer.snapshot().recordError, null)
    await consumer.close()
    assert.deepEqual(source().committed, { 0: '14' }, 'it counts as done')
  })

  it('continues after a record that cannot be sent', async () => {
    const test = consumerRig()
    test.consumer.start()
    test.source().assign([0])
    test.sent.push = () => {
      test.sent.push = Array.prototype.push.bind(test.sent)
      throw new RangeError('Maximum call stack size exceeded')
    }
    test.source().deliver(0, 10n, ['poison', 'good'])
    await test.clock.settle()
    assert.deepEqual(test.recordErrors, ['SLS_SEND_FAILED 10'])
    assert.deepEqual(test.payloads(), ['good'])
  })

  it('creates a new source after a failure, later each time, and reports once per cause', async () => {
    const { consumer, clock, source, sources, failures, recoveries } = consumerRig()
    consumer.start()
    const refused = new SlsKafkaError('SLS_AUTH_FAILED')
    const waits: number[] = []
    for (let failure = 0; failure < 6; failure++) {
      source().fail(refused)
      await clock.settle()
      const { state } = consumer.snapshot()
      assert.equal(state.name, 'failed')
      waits.push(Math.round((state.nextTryAtMs - clock.monotonic()) / 1000))
      await clock.advance(state.nextTryAtMs - clock.monotonic())
      assert.equal(consumer.snapshot().state.name, 'failed', 'a try is not yet a success')
    }
    assert.equal(sources.length, 7)
    const steps = [2, 4, 8, 16, 30, 30]
    waits.forEach((wait, index) => {
      const step = steps[index] ?? 0
      assert.ok(wait >= step && wait <= 1.1 * step + 1, waits.join())
    })
    assert.equal(failures.length, 1)
    source().assign([0])
    assert.equal(consumer.snapshot().state.name, 'consuming')
    assert.equal(recoveries.length, 1)
  })

  it('reports a second cause as well', async () => {
    const { consumer, clock, source, failures } = consumerRig()
    consumer.start()
    source().fail(new SlsKafkaError('SLS_UNREACHABLE'))
    await clock.advance(3_000)
    source().fail(new SlsKafkaError('SLS_AUTH_FAILED'))
    await clock.settle()
    assert.deepEqual(
      failures.map((failure) => failure.split(' ')[0]),
      ['SLS_UNREACHABLE', 'SLS_AUTH_FAILED'],
    )
  })

  it('creates no new source after a close during the backoff', async () => {
    const { consumer, clock, source, sources } = consumerRig()
    consumer.start()
    source().fail(new SlsKafkaError('SLS_UNREACHABLE'))
    await clock.settle()
    await consumer.close()
    await clock.advance(600_000)
    assert.equal(sources.length, 1)
    assert.equal(consumer.snapshot().state.name, 'stopped')
    assert.equal(clock.pending, 0)
  })

  it('does not report a connection that comes back soon', async () => {
    const { consumer, clock, source, failures } = consumerRig()
    consumer.start()
    source().assign([0])
    source().emit({ type: 'trouble', error: new SlsKafkaError('SLS_UNREACHABLE') })
    assert.equal(consumer.snapshot().state.name, 'reconnecting')
    await clock.advance(5_000)
    source().emit({ type: 'alive' })
    assert.equal(consumer.snapshot().state.name, 'consuming')
    assert.deepEqual(failures, [])
  })

  it('reports a connection that does not come back, and how long that took', async () => {
    const { consumer, clock, source, sources, failures, recoveries } = consumerRig()
    consumer.start()
    source().assign([0])
    source().emit({ type: 'trouble', error: new SlsKafkaError('SLS_UNREACHABLE') })
    await clock.advance(60_000)
    assert.deepEqual(failures, ['SLS_UNREACHABLE null'])
    source().emit({ type: 'alive' })
    assert.deepEqual(recoveries, [60])
    assert.equal(sources.length, 1, 'the membership was kept')
  })

  it('does not stay green without responses', async () => {
    const { consumer, clock, source } = consumerRig()
    consumer.start()
    source().assign([0])
    await clock.advance(29_000)
    assert.equal(consumer.snapshot().state.name, 'consuming')
    await clock.advance(3_000)
    assert.equal(consumer.snapshot().state.name, 'reconnecting')
  })

  it('waits longer each time if it can join but not read, and is not green in between', async () => {
    const { consumer, clock, source, failures } = consumerRig()
    consumer.start()
    const waits: number[] = []
    for (let failure = 0; failure < 4; failure++) {
      source().emit({ type: 'joining' })
      source().emit({ type: 'assigned', assignment: { shards: [0], kept: new Set(), total: 1 } })
      if (failure > 0) assert.notEqual(consumer.snapshot().state.name, 'consuming')
      source().fail(new SlsKafkaError('SLS_AUTH_FAILED'))
      await clock.settle()
      const { state } = consumer.snapshot()
      assert.equal(state.name, 'failed')
      waits.push(state.nextTryAtMs - clock.monotonic())
      await clock.advance(state.nextTryAtMs - clock.monotonic())
    }
    for (const [index, wait] of waits.entries()) {
      assert.ok(wait >= 1.5 * (waits[index - 1] ?? 0), waits.join())
    }
    assert.equal(failures.length, 1)
  })

  it('reports an outage during a join, however often the join is tried again', async () => {
    const { consumer, clock, source, failures } = consumerRig()
    consumer.start()
    source().assign([0])
    for (let seconds = 0; seconds < 15; seconds += 3) {
      source().emit({ type: 'joining' })
      source().emit({ type: 'trouble', error: new SlsKafkaError('SLS_UNREACHABLE') })
      assert.equal(consumer.snapshot().state.name, 'reconnecting')
      await clock.advance(3_000)
    }
    assert.deepEqual(failures, ['SLS_UNREACHABLE null'])
  })

  it('shows the newest cause while a join is tried again, and reports each once', async () => {
    const { consumer, clock, source, failures } = consumerRig()
    consumer.start()
    source().assign([0])
    const shown: string[] = []
    for (const code of ['SLS_SERVICE_ERROR', 'SLS_UNREACHABLE', 'SLS_SERVICE_ERROR'] as const) {
      source().emit({ type: 'joining' })
      source().emit({ type: 'trouble', error: new SlsKafkaError(code) })
      source().emit({ type: 'trouble', error: new Error('which says less') })
      // Fetches can have responses while the join fails.
      source().emit({ type: 'alive' })
      source().emit({ type: 'joining' })
      await clock.advance(11_000)
      const { state } = consumer.snapshot()
      shown.push(state.name === 'reconnecting' ? state.error.code : state.name)
    }
    assert.deepEqual(shown, ['SLS_SERVICE_ERROR', 'SLS_UNREACHABLE', 'SLS_SERVICE_ERROR'])
    assert.deepEqual(failures, ['SLS_SERVICE_ERROR null', 'SLS_UNREACHABLE null'])
  })

  it('shows how long a join has waited, also after trouble', async () => {
    const { consumer, clock, source } = consumerRig()
    consumer.start()
    source().emit({ type: 'joining' })
    await clock.advance(3_000)
    assert.deepEqual(consumer.snapshot().join, { seconds: 3, atMost: 130 })
    source().emit({ type: 'trouble', error: new SlsKafkaError('SLS_UNREACHABLE') })
    assert.equal(consumer.snapshot().join, null)
    const sinceMs = clock.monotonic()
    await clock.advance(6_000)
    for (let times = 0; times < 2; times++) {
      source().emit({ type: 'join-waits', sinceMs })
      assert.equal(consumer.snapshot().state.name, 'joining')
      assert.deepEqual(consumer.snapshot().join, { seconds: 6, atMost: 130 })
    }
    source().assign([0])
    assert.equal(consumer.snapshot().join, null)
  })
})
