import assert from 'node:assert/strict'
import type { RecordMessage } from '../../../lib/delivery/message'
import { SlsKafkaError } from '../../../lib/errors'
import type { ConsumerSettings } from '../../../lib/config/consumer-options'
import { consumerRig, numbered, type ConsumerRig } from '../../support/consumer-rig'
import { reportKind } from '../../support/reported-outcome'

const INTERVAL = 5_000
const MINUTE = 60_000

/** The error of a refused command. */
async function refusal(attempt: () => unknown): Promise<SlsKafkaError> {
  try {
    await attempt()
  } catch (error) {
    assert.ok(error instanceof SlsKafkaError, String(error))
    return error
  }
  return assert.fail('it was not refused')
}

async function code(attempt: () => unknown): Promise<string> {
  return (await refusal(attempt)).code
}

/** A promise that resolves on request. */
function gate(): { closed: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const closed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { closed, open }
}

describe('CommandExecutor', () => {
  let rig: ConsumerRig

  /** Starts a consumer that owns the shards 0 and 1. */
  function reading(
    settings: ConsumerSettings = {},
    changes: Parameters<typeof consumerRig>[0] = {},
  ): ConsumerRig {
    rig = consumerRig(changes, settings)
    rig.consumer.start()
    rig.source().assign([0, 1])
    rig.source().ranges = new Map([0, 1].map((shard) => [shard, { earliest: 5n, end: 500n }]))
    return rig
  }

  async function deliver(shard: number, offset: bigint, count: number): Promise<void> {
    rig.source().deliver(shard, offset, numbered(count))
    await rig.clock.settle()
  }

  function sent(index: number): RecordMessage {
    return rig.sent.at(index) ?? assert.fail(`message ${index} was not sent`)
  }

  const paused = (): number[] => [...rig.source().paused].sort()

  afterEach(async () => {
    const closed = rig.consumer.close()
    await rig.clock.advance(5_000)
    await closed
    assert.equal(rig.clock.pending, 0, 'nothing is left running')
    assert.ok(rig.sources.every(({ isRunning }) => !isRunning))
  })

  describe('pause', () => {
    it('stops fetching and sends nothing that is queued, until resume', async () => {
      const { executor } = reading()
      rig.source().deliver(0, 10n, numbered(3))
      assert.deepEqual(executor.pause(null), [{ partition: 0 }, { partition: 1 }])
      await rig.clock.advance(MINUTE)
      assert.deepEqual([paused(), rig.sent.length], [[0, 1], 0])
      executor.resume(null)
      await rig.clock.settle()
      assert.deepEqual([paused(), rig.sent.length], [[], 3])
      assert.deepEqual(rig.logged.slice(2), ['paused all', 'resumed all'])
    })

    it('of one shard leaves the others alone', async () => {
      const { executor, consumer } = reading()
      executor.pause([1])
      await deliver(0, 10n, 2)
      await deliver(1, 10n, 2)
      assert.deepEqual(
        rig.sent.map(({ partition }) => partition),
        [0, 0],
      )
      assert.deepEqual([paused(), consumer.snapshot().isPaused], [[1], false])
      executor.pause([0])
      assert.equal(consumer.snapshot().isPaused, true)
      executor.resume([1])
      await rig.clock.settle()
      assert.deepEqual([paused(), rig.sent.length], [[0], 4])
    })

    it('delays further attempts of failed records', async () => {
      const { executor } = reading({ commit: 'onAck' })
      await deliver(0, 10n, 1)
      reportKind('nack', sent(0))
      executor.pause(null)
      await rig.clock.advance(10 * MINUTE)
      assert.equal(rig.sent.length, 1)
      executor.resume(null)
      await rig.clock.settle()
      assert.equal(sent(1).kafka.attempt, 2)
    })

    it('lets acks count, and commits them', async () => {
      const { executor } = reading({ commit: 'onAck' })
      await deliver(0, 10n, 2)
      executor.pause(null)
      reportKind('ack', sent(0), sent(1))
      await rig.clock.advance(INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '12' })
    })

    it('is independent of the pause of a full queue', async () => {
      const { executor } = reading({}, { maxInFlightBytes: 2_000, maxRate: 10 })
      rig.source().deliver(0, 10n, numbered(20))
      assert.deepEqual(paused(), [0], 'the queue is full')
      executor.pause([0])
      executor.resume([0])
      assert.deepEqual(paused(), [0], 'the queue still is')
      executor.pause([0])
      executor.resume([1])
      await rig.clock.advance(MINUTE)
      assert.deepEqual(paused(), [0], 'nothing was sent')
      executor.resume([0])
      await rig.clock.advance(MINUTE)
      assert.deepEqual([paused(), rig.sent.length], [[], 20])
    })

    it('stays when acks make room, until the user resumes', async () => {
      const { executor } = reading({ commit: 'onAck', maxInFlight: '1' })
      await deliver(0, 10n, 1)
      await deliver(0, 11n, 1)
      assert.deepEqual(paused(), [0], 'the window is full')
      executor.pause(null)
      reportKind('ack', sent(0))
      await rig.clock.advance(INTERVAL)
      assert.deepEqual([paused(), rig.sent.length], [[0, 1], 1])
    })

    it('is inherited by new shards before their first fetch, and by the next membership', async () => {
      const { executor, consumer } = reading()
      executor.pause(null)
      await rig.source().listener.beforeRelease('rebalance')
      rig.source().assign([0, 2], { kept: new Set([0]), total: 3 })
      assert.ok([0, 2].every((shard) => rig.source().paused.has(shard)))
      rig.source().fail(new Error('broken'))
      await rig.clock.advance(MINUTE)
      rig.source().assign([0, 1, 2])
      assert.deepEqual([rig.sources.length, paused()], [2, [0, 1, 2]])
      assert.equal(consumer.snapshot().isPaused, true)
    })

    it('of all shards is possible at any time', () => {
      rig = consumerRig()
      const { executor, consumer } = rig
      assert.deepEqual(executor.pause(null), [])
      assert.equal(consumer.snapshot().isPaused, true)
      consumer.start()
      rig.source().assign([0])
      assert.deepEqual(paused(), [0])
    })

    it('of certain shards is refused while the consumer does not own them', async () => {
      rig = consumerRig()
      assert.equal(await code(() => rig.executor.pause([0])), 'SLS_NOT_RUNNING')
      reading()
      const { code: refused, params } = await refusal(() => rig.executor.pause([0, 7]))
      assert.deepEqual([refused, params['shard'], params['own']], ['SLS_SHARD_UNKNOWN', 7, '0, 1'])
      assert.deepEqual(paused(), [], 'nothing was changed')
    })

    it('ends with a resume of all shards, also while the consumer owns none', () => {
      const { executor, consumer } = reading()
      executor.pause(null)
      rig.source().assign([])
      assert.equal(consumer.snapshot().isPaused, true)
      executor.resume(null)
      assert.equal(consumer.snapshot().isPaused, false)
    })
  })

  describe('stop and start', () => {
    const running = (): number => rig.sources.filter(({ isRunning }) => isRunning).length

    it('commit and leave the group, and begin again with attempt 1', async () => {
      const { executor } = reading({ commit: 'onAck' })
      await deliver(0, 10n, 2)
      reportKind('ack', sent(0))
      reportKind('nack', sent(1))
      await rig.clock.advance(INTERVAL)
      assert.equal(sent(2).kafka.attempt, 2)
      const stopped = executor.stop()
      await rig.clock.advance(INTERVAL)
      await stopped
      assert.deepEqual(rig.source().committed, { 0: '11' })
      assert.equal(rig.consumer.snapshot().state.name, 'stopped')
      executor.start(null)
      rig.source().assign([0])
      await deliver(0, 11n, 1)
      assert.equal(sent(3).kafka.attempt, 1)
      assert.deepEqual(rig.logged, ['started', 'joined 0,1', 'stopped', 'started', 'joined 0'])
    })

    it('run one after the other', async () => {
      const { executor } = reading({ commit: 'onAck' })
      await deliver(0, 10n, 1)
      const stopped = executor.stop()
      executor.start(null)
      assert.deepEqual([rig.sources.length, running()], [1, 1])
      await rig.clock.advance(INTERVAL)
      await stopped
      assert.deepEqual([rig.sources.length, running()], [2, 1])
    })

    it('obey the last command', async () => {
      const { executor } = reading()
      void executor.stop()
      executor.start(null)
      await executor.stop()
      await rig.clock.settle()
      assert.deepEqual([rig.sources.length, running()], [1, 0])
      assert.equal(rig.consumer.snapshot().state.name, 'stopped')
    })

    it('have no further effect when repeated', async () => {
      const { executor } = reading()
      executor.start(null)
      await Promise.all([executor.stop(), executor.stop()])
      executor.start(null)
      executor.start(null)
      assert.deepEqual([rig.sources.length, running()], [2, 1])
    })

    it('do not begin anything once the consumer was closed', async () => {
      const { executor, consumer } = reading()
      const closed = consumer.close()
      executor.start(null)
      await closed
      executor.start(null)
      await executor.stop()
      assert.equal(rig.sources.length, 1)
    })

    it('end a backoff at once, and begin again without one', async () => {
      const { executor, consumer } = reading()
      for (let tries = 0; tries < 4; tries++) {
        rig.source().fail(new Error('broken'))
        await rig.clock.settle()
        if (tries < 3) await rig.clock.advance(MINUTE)
      }
      assert.equal(consumer.snapshot().state.name, 'failed')
      const tried = rig.sources.length
      await executor.stop()
      assert.equal(consumer.snapshot().state.name, 'stopped')
      executor.start(null)
      assert.equal(rig.sources.length, tried + 1)
    })

    it('work while the consumer joins', async () => {
      rig = consumerRig()
      const { executor } = rig
      executor.start(null)
      rig.source().emit({ type: 'joining' })
      await executor.stop()
      assert.equal(running(), 0)
      executor.start(null)
      rig.source().assign([0])
      assert.equal(rig.consumer.snapshot().state.name, 'consuming')
    })

    it('start a consumer that was created without a start', () => {
      rig = consumerRig()
      assert.equal(rig.consumer.snapshot().state.name, 'stopped')
      rig.executor.start(null)
      assert.equal(running(), 1)
    })

    it('in any order leave one source at most, and none at the end', async () => {
      const { executor } = reading()
      let seed = 7
      const random = (below: number): number => {
        seed = (seed * 48_271) % 2_147_483_647
        return seed % below
      }
      for (let step = 0; step < 300; step++) {
        const word = random(6)
        if (word === 0) void executor.stop()
        else if (word === 1) executor.start(null)
        else if (word === 2) executor.pause(null)
        else if (word === 3) rig.source().fail(new Error('broken'))
        else if (word === 4) void executor.seek({ edge: 'earliest' }, null).catch(() => undefined)
        else if (rig.source().isRunning) rig.source().assign([random(3)])
        if (random(3) === 0) await rig.clock.advance(random(3_000))
        assert.ok(running() <= 1, `${running()} sources at step ${step}`)
      }
      assert.ok(rig.sources.length > 20, `${rig.sources.length} sources`)
    })

    it('send a record that stops its shard again, with attempts counted from 1', async () => {
      const { executor, consumer } = reading({ commit: 'onAck', maxAttempts: '2' })
      await deliver(0, 10n, 2)
      reportKind('ack', sent(1))
      reportKind('nack', sent(0))
      await rig.clock.advance(INTERVAL)
      reportKind('nack', sent(2))
      assert.deepEqual(consumer.snapshot().stoppedShards, [0])
      assert.deepEqual(executor.start(null), [{ partition: 0 }])
      await rig.clock.settle()
      assert.deepEqual(consumer.snapshot().stoppedShards, [])
      assert.deepEqual([sent(3).offset, sent(3).kafka.attempt], ['10', 1])
      reportKind('nack', sent(3))
      await rig.clock.advance(INTERVAL)
      assert.equal(sent(4).kafka.attempt, 2, 'the attempts count from one again')
      reportKind('ack', sent(4))
      await rig.clock.advance(INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '12' })
      assert.deepEqual(executor.start(null), [], 'nothing is held any more')
      assert.equal(rig.sources.length, 1)
    })

    it('send a failed dead letter to the flow again', async () => {
      const settings = { commit: 'onAck', maxAttempts: '1', onExhausted: 'output' }
      const { executor } = reading(settings)
      await deliver(0, 10n, 1)
      reportKind('nack', sent(0))
      reportKind('nack', rig.deadLetters.at(-1) ?? assert.fail('no dead letter'))
      executor.start([0])
      await rig.clock.settle()
      assert.equal(rig.sent.length, 2)
      reportKind('nack', sent(1))
      assert.equal(rig.deadLetters.length, 2)
      reportKind('ack', rig.deadLetters.at(-1) ?? assert.fail('no dead letter'))
      await rig.clock.advance(INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '11' })
    })

    it('report an undecodable record again, and do not send it', async () => {
      const settings = { commit: 'onAck', format: 'json', maxAttempts: '1', onExhausted: 'output' }
      const { executor } = reading(settings)
      await deliver(0, 10n, 1)
      reportKind('nack', rig.deadLetters.at(-1) ?? assert.fail('no dead letter'))
      executor.start(null)
      await rig.clock.settle()
      assert.deepEqual([rig.sent.length, rig.deadLetters.length], [0, 2])
    })
  })

  describe('seek', () => {
    it('moves every own shard, commits at once, and returns the new positions', async () => {
      const { executor } = reading()
      const moved = await executor.seek({ offset: 100n }, null)
      assert.deepEqual(moved, [
        { partition: 0, offset: '100' },
        { partition: 1, offset: '100' },
      ])
      assert.deepEqual(rig.source().commits, [{ 0: '100', 1: '100' }])
      assert.deepEqual(rig.source().positions, { 0: '100', 1: '100' })
    })

    it('goes below the committed offset, drops queued records, and commits from there', async () => {
      const { executor } = reading({ commit: 'onAck', maxInFlight: '4' })
      await deliver(0, 200n, 5)
      reportKind('ack', sent(0))
      await rig.clock.advance(INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '201' })
      const inFlight = [sent(1), sent(2)]
      await executor.seek({ offset: 50n }, [0])
      reportKind('ack', ...inFlight)
      await rig.clock.advance(INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '50' }, 'late acks are stale')
      assert.equal(rig.consumer.snapshot().staleAcks, 2)
      assert.equal(rig.sent.length, 4, 'nothing of before is sent any more')
      await deliver(0, 50n, 1)
      assert.deepEqual([sent(4).offset, sent(4).kafka.attempt], ['50', 1])
      reportKind('ack', sent(4))
      await rig.clock.advance(INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '51' })
    })

    it('goes below the committed offset also with commit onSend', async () => {
      const { executor } = reading()
      await deliver(0, 200n, 3)
      await executor.seek({ offset: 50n }, [0])
      await rig.clock.advance(3 * INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '50' })
      await deliver(0, 50n, 1)
      await rig.clock.advance(2 * INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '51' })
    })

    it('requests the offsets of a time from the service', async () => {
      const { executor } = reading()
      rig.source().timed.set(0, 70n).set(1, 80n)
      assert.deepEqual(await executor.seek({ time: 1_795_342_764_638 }, null), [
        { partition: 0, offset: '70' },
        { partition: 1, offset: '80' },
      ])
      assert.deepEqual(rig.source().times, [1_795_342_764_638])
    })

    for (const [edge, offset] of [
      ['earliest', '5'],
      ['latest', '500'],
    ] as const) {
      it(`moves to the ${edge} offset`, async () => {
        const { executor } = reading()
        assert.deepEqual(await executor.seek({ edge }, [1]), [{ partition: 1, offset }])
      })
    }

    for (const offset of [4n, 501n]) {
      it(`refuses the offset ${offset} of shards that have 5 to 500, and changes nothing`, async () => {
        const { executor } = reading()
        const { code: refused, params } = await refusal(() => executor.seek({ offset }, null))
        assert.equal(refused, 'SLS_OFFSET_OUT_OF_RANGE')
        assert.deepEqual([params['earliest'], params['end']], ['5', '500'])
        assert.deepEqual([rig.source().commits, rig.source().positions], [[], {}])
      })
    }

    it('accepts both ends of a shard', async () => {
      const { executor } = reading()
      await executor.seek({ offset: 5n }, null)
      await executor.seek({ offset: 500n }, null)
      assert.deepEqual(rig.source().committed, { 0: '500', 1: '500' })
    })

    it('is refused while the consumer is not a member', async () => {
      rig = consumerRig()
      const seek = (): Promise<unknown> => rig.executor.seek({ edge: 'earliest' }, null)
      assert.equal(await code(seek), 'SLS_NOT_RUNNING')
      rig.consumer.start()
      assert.equal(await code(seek), 'SLS_NOT_RUNNING')
      rig.source().assign([0])
      rig.source().emit({ type: 'joining' })
      assert.equal(await code(seek), 'SLS_NOT_RUNNING')
      rig.source().fail(new Error('broken'))
      await rig.clock.settle()
      assert.equal(await code(seek), 'SLS_NOT_RUNNING')
    })

    it('names the own shards if another one is requested', async () => {
      const { executor } = reading()
      const { code: refused, params } = await refusal(() => executor.seek({ offset: 9n }, [2]))
      assert.deepEqual([refused, params['own']], ['SLS_SHARD_UNKNOWN', '0, 1'])
    })

    for (const outcome of ['failed', 'fenced'] as const) {
      it(`changes nothing if the commit is ${outcome}`, async () => {
        const { executor } = reading({ commit: 'onAck', maxInFlight: '1' })
        await deliver(0, 200n, 2)
        rig.source().outcome = outcome
        assert.equal(await code(() => executor.seek({ offset: 50n }, null)), 'SLS_SEEK_FAILED')
        rig.source().outcome = 'committed'
        assert.deepEqual(rig.source().positions, {})
        reportKind('ack', sent(0))
        await rig.clock.advance(INTERVAL)
        assert.equal(sent(1).offset, '201')
        assert.deepEqual(rig.source().committed, { 0: '201' })
      })
    }

    it('fails if its shards move while it requests offsets', async () => {
      const { executor } = reading()
      const asking = gate()
      rig.source().gate = asking.closed
      const sought = code(() => executor.seek({ offset: 50n }, null))
      await rig.clock.settle()
      rig.source().assign([1], { kept: new Set([1]), total: 2 })
      asking.open()
      assert.equal(await sought, 'SLS_SEEK_FAILED')
      assert.deepEqual([rig.source().commits, rig.source().positions], [[], {}])
    })

    it('fails if the group joins while it requests offsets', async () => {
      const { executor } = reading()
      const asking = gate()
      rig.source().gate = asking.closed
      const sought = code(() => executor.seek({ offset: 50n }, null))
      await rig.clock.settle()
      rig.source().emit({ type: 'joining' })
      asking.open()
      assert.equal(await sought, 'SLS_SEEK_FAILED')
      assert.deepEqual(rig.source().commits, [])
    })

    it('rejects when a shard moves away while it commits, and still moves those that stay', async () => {
      const { executor } = reading()
      const committing = gate()
      const sought = code(async () => {
        const seek = executor.seek({ offset: 50n }, null)
        await Promise.resolve()
        rig.source().gate = committing.closed
        await seek
      })
      await rig.clock.settle()
      rig.source().assign([1], { kept: new Set([1]), total: 2 })
      committing.open()
      assert.equal(await sought, 'SLS_SEEK_FAILED')
      assert.deepEqual(rig.source().positions, { 1: '50' })
    })

    it('lets no older position be committed after it', async () => {
      const { executor } = reading({ commit: 'onAck' })
      await deliver(0, 200n, 1)
      reportKind('ack', sent(0))
      const committing = gate()
      const sought = executor.seek({ offset: 50n }, [0])
      await Promise.resolve()
      rig.source().gate = committing.closed
      const released = rig.source().listener.beforeRelease('rebalance')
      await rig.clock.advance(INTERVAL)
      committing.open()
      await Promise.all([sought, released])
      await rig.clock.settle()
      assert.deepEqual(rig.source().committed, { 0: '50' })
    })

    it('waits for an older commit under way, which would come after it', async () => {
      const { executor } = reading({ commit: 'onAck' })
      await deliver(0, 200n, 1)
      reportKind('ack', sent(0))
      const committing = gate()
      rig.source().gate = committing.closed
      await rig.clock.advance(INTERVAL)
      rig.source().gate = Promise.resolve()
      const sought = executor.seek({ offset: 50n }, [0])
      await rig.clock.settle()
      committing.open()
      await sought
      assert.deepEqual(rig.source().commits, [{ 0: '201' }, { 0: '50' }])
    })

    it('shows the new position at once, and refreshes the committed offset', async () => {
      const { executor, consumer } = reading()
      await executor.seek({ offset: 50n }, [0])
      const [shard] = consumer.snapshot().shardStates
      assert.deepEqual([shard?.position, shard?.committed], [50n, 50n])
      await rig.clock.advance(11 * MINUTE)
      assert.deepEqual(rig.source().commits, [{ 0: '50' }, { 0: '50' }])
    })

    it('fails when the node is stopped meanwhile, and leaves nothing behind', async () => {
      const { executor } = reading()
      const asking = gate()
      rig.source().gate = asking.closed
      const sought = code(() => executor.seek({ offset: 50n }, null))
      await rig.clock.settle()
      const stopped = executor.stop()
      asking.open()
      assert.equal(await sought, 'SLS_SEEK_FAILED')
      await stopped
      assert.deepEqual(rig.source().commits, [])
    })

    it('waits for an earlier seek', async () => {
      const { executor } = reading()
      await Promise.all([executor.seek({ offset: 50n }, [0]), executor.seek({ offset: 60n }, [0])])
      assert.deepEqual(rig.source().commits, [{ 0: '50' }, { 0: '60' }])
      assert.deepEqual(rig.source().positions, { 0: '60' })
    })

    it('keeps a pause of the user, and ends that of a full queue', async () => {
      const { executor } = reading({ commit: 'onAck', maxInFlight: '1' })
      await deliver(0, 200n, 1)
      await deliver(0, 201n, 1)
      executor.pause([1])
      assert.deepEqual(paused(), [0, 1])
      await executor.seek({ offset: 50n }, null)
      assert.deepEqual(paused(), [1])
    })

    it('does not send while shards are about to move', async () => {
      const { executor } = reading()
      void rig.source().listener.beforeRelease('rebalance')
      await executor.seek({ offset: 50n }, null)
      await deliver(0, 50n, 2)
      assert.equal(rig.sent.length, 0)
    })
  })

  describe('skip', () => {
    async function stoppedShard(): Promise<void> {
      reading({ commit: 'onAck', maxAttempts: '1', maxInFlight: '3' })
      await deliver(0, 10n, 3)
      reportKind('nack', sent(0))
      reportKind('ack', sent(1))
      await rig.clock.settle()
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [0])
    }

    it('steps over the record that stops a shard, and reports that', async () => {
      await stoppedShard()
      assert.deepEqual(await rig.executor.skip(null), [{ partition: 0 }])
      await rig.clock.settle()
      assert.equal(sent(2).offset, '12')
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10', 'SLS_SKIPPED 10'])
      assert.equal(rig.consumer.snapshot().errors.SLS_SKIPPED, 1)
      reportKind('ack', sent(2))
      await rig.clock.advance(INTERVAL)
      assert.deepEqual(rig.source().committed, { 0: '13' })
    })

    it('is refused if no shard is stopped', async () => {
      await stoppedShard()
      assert.equal(await code(() => rig.executor.skip([1])), 'SLS_NOTHING_TO_SKIP')
      await rig.executor.skip([0])
      assert.equal(await code(() => rig.executor.skip(null)), 'SLS_NOTHING_TO_SKIP')
    })

    it('changes all shards or none', async () => {
      await stoppedShard()
      assert.equal(await code(() => rig.executor.skip([0, 1])), 'SLS_NOTHING_TO_SKIP')
      const error = new SlsKafkaError('SLS_BATCH_UNREADABLE', { shard: 1, offset: '40' })
      rig
        .source()
        .emit({ type: 'shard-failed', shard: 1, error, unreadable: { first: 40n, last: null } })
      assert.equal(await code(() => rig.executor.skip(null)), 'SLS_SEEK_FAILED')
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [1, 0])
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
    })

    function unreadable(last: bigint | null): void {
      reading()
      const error = new SlsKafkaError('SLS_BATCH_UNREADABLE', { shard: 1, offset: '40' })
      rig.source().emit({ type: 'shard-failed', shard: 1, error, unreadable: { first: 40n, last } })
    }

    it('steps over a record batch that cannot be decoded', async () => {
      unreadable(49n)
      assert.deepEqual(await rig.executor.skip(null), [{ partition: 1 }])
      assert.deepEqual(rig.source().committed, { 1: '50' })
      assert.deepEqual(rig.source().positions, { 1: '50' })
      assert.deepEqual(rig.failures, ['SLS_BATCH_UNREADABLE null', 'SLS_SKIPPED null'])
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [])
    })

    for (const [last, expected] of [
      [null, 'SLS_SEEK_FAILED'],
      [1_000_000n, 'SLS_OFFSET_OUT_OF_RANGE'],
    ] as const) {
      it(`is refused if the record batch ends at ${String(last)}`, async () => {
        unreadable(last)
        assert.equal(await code(() => rig.executor.skip([1])), expected)
        assert.deepEqual(rig.source().commits, [])
      })
    }

    it('is refused for a shard that the service refuses', async () => {
      reading()
      const error = new SlsKafkaError('SLS_CLIENT_FAILED', { shard: 1 })
      rig.source().emit({ type: 'shard-failed', shard: 1, error, unreadable: null })
      assert.equal(await code(() => rig.executor.skip([1])), 'SLS_NOTHING_TO_SKIP')
    })
  })
})
