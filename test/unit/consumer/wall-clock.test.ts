import assert from 'node:assert/strict'
import { SlsKafkaError } from '../../../lib/errors'
import type { ConsumerOptions } from '../../../lib/config/consumer-options'
import { consumerRig, type ConsumerRig } from '../../support/consumer-rig'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const COMMIT_INTERVAL = 5 * SECOND

for (const [direction, shiftMs] of [
  ['back', -HOUR],
  ['forward', HOUR],
] as const) {
  describe(`consumer with a wall clock put ${direction} by an hour`, () => {
    let rig: ConsumerRig

    function start(changes: Partial<ConsumerOptions> = {}): void {
      rig = consumerRig(changes)
      rig.consumer.start()
      rig.source().assign([0])
    }

    const shiftWallTime = (): void => {
      rig.clock.shiftWallTime(shiftMs)
    }

    const stateName = (): string => rig.consumer.snapshot().state.name

    afterEach(async () => {
      const closed = rig.consumer.close()
      await rig.clock.advance(5 * SECOND)
      await closed
      assert.equal(rig.clock.pending, 0, 'nothing is left running')
    })

    it('sends records that are fetched afterwards', async () => {
      start()
      shiftWallTime()
      rig.source().deliver(0, 10n, ['a', 'b', 'c'])
      await rig.clock.settle()
      assert.deepEqual(rig.payloads(), ['a', 'b', 'c'])
    })

    it('sends records that were queued before', async () => {
      start({ maxRate: 10 })
      rig.source().deliver(0, 10n, ['a', 'b', 'c'])
      await rig.clock.settle()
      shiftWallTime()
      await rig.clock.advance(SECOND)
      assert.deepEqual(rig.payloads(), ['a', 'b', 'c'])
    })

    it('keeps to the Max rate', async () => {
      start({ maxRate: 10 })
      rig.source().deliver(0, 10n, new Array<string>(100).fill('x'))
      await rig.clock.advance(2 * SECOND)
      const before = rig.sent.length
      shiftWallTime()
      await rig.clock.advance(2 * SECOND)
      assert.equal(rig.sent.length - before, 20)
    })

    it('waits for a batch to fill as long as before', async () => {
      start({ batch: { size: 10, waitMs: SECOND } })
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.advance(SECOND / 2)
      shiftWallTime()
      rig.source().deliver(0, 11n, ['b'])
      await rig.clock.advance(SECOND / 2 - 1)
      assert.equal(rig.sent.length, 0)
      await rig.clock.advance(1)
      assert.deepEqual(rig.payloads(), [['a', 'b']])
    })

    it('commits by the interval, and an unchanged position every ten minutes', async () => {
      start()
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      shiftWallTime()
      await rig.clock.advance(2 * COMMIT_INTERVAL)
      assert.deepEqual(rig.source().commits, [{ 0: '11' }])
      shiftWallTime()
      await rig.clock.advance(9 * MINUTE)
      assert.equal(rig.source().commits.length, 1)
      await rig.clock.advance(2 * MINUTE)
      assert.deepEqual(rig.source().commits, [{ 0: '11' }, { 0: '11' }])
    })

    it('shows the rate of the last ten seconds', async () => {
      start()
      rig.source().deliver(0, 10n, ['ab', 'cd'])
      await rig.clock.settle()
      shiftWallTime()
      const { rate, bytesPerSecond } = rig.consumer.snapshot()
      assert.deepEqual([rate, bytesPerSecond], [0.2, 0.4])
      rig.source().deliver(0, 12n, ['e'])
      await rig.clock.settle()
      assert.equal(rig.consumer.snapshot().rate, 0.3)
      await rig.clock.advance(11 * SECOND)
      assert.equal(rig.consumer.snapshot().rate, 0)
    })

    it('shows a throttling until ten seconds after its end', async () => {
      start()
      rig.source().emit({ type: 'throttled', milliseconds: 20 * SECOND })
      shiftWallTime()
      await rig.clock.advance(29 * SECOND)
      assert.equal(rig.consumer.snapshot().isThrottled, true)
      await rig.clock.advance(2 * SECOND)
      assert.equal(rig.consumer.snapshot().isThrottled, false)
    })

    it('shows the error of a record for ten seconds', async () => {
      start({ format: 'json' })
      rig.source().deliver(0, 10n, ['no JSON'])
      await rig.clock.settle()
      shiftWallTime()
      await rig.clock.advance(9 * SECOND)
      assert.equal(rig.consumer.snapshot().recordError?.code, 'SLS_DECODE_FAILED')
      await rig.clock.advance(2 * SECOND)
      assert.equal(rig.consumer.snapshot().recordError, null)
    })

    it('becomes reconnecting 30 s after the last response, and not before', async () => {
      start()
      await rig.clock.advance(10 * SECOND)
      shiftWallTime()
      await rig.clock.advance(19 * SECOND)
      assert.equal(stateName(), 'consuming')
      await rig.clock.advance(3 * SECOND)
      assert.equal(stateName(), 'reconnecting')
    })

    it('reports a broken connection after ten seconds, and how long the failure took', async () => {
      start()
      rig.source().emit({ type: 'trouble', error: new SlsKafkaError('SLS_UNREACHABLE') })
      shiftWallTime()
      await rig.clock.advance(9 * SECOND)
      assert.deepEqual([stateName(), rig.failures], ['reconnecting', []])
      await rig.clock.advance(3 * SECOND)
      assert.deepEqual(rig.failures, ['SLS_UNREACHABLE null'])
      rig.source().emit({ type: 'alive' })
      assert.deepEqual([stateName(), rig.recoveries], ['consuming', [12]])
    })

    it('reports how long a shard failed', async () => {
      start()
      rig.source().emit({
        type: 'shard-failed',
        shard: 0,
        error: new SlsKafkaError('SLS_SERVICE_ERROR'),
        unreadable: null,
      })
      shiftWallTime()
      await rig.clock.advance(20 * SECOND)
      rig.source().emit({ type: 'caught-up', shard: 0 })
      assert.deepEqual(rig.recoveries, [20])
    })

    it('backs off after a failure as long as before', async () => {
      start()
      rig.source().fail(new SlsKafkaError('SLS_UNREACHABLE'))
      await rig.clock.settle()
      shiftWallTime()
      await rig.clock.advance(1_999)
      assert.equal(rig.sources.length, 1)
      await rig.clock.advance(201)
      assert.equal(rig.sources.length, 2)
    })

    it('shows how long a join takes', async () => {
      start()
      rig.source().emit({ type: 'joining' })
      await rig.clock.advance(3 * SECOND)
      shiftWallTime()
      await rig.clock.advance(3 * SECOND)
      assert.equal(rig.consumer.snapshot().join?.seconds, 6)
    })
  })
}
