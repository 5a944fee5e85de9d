import assert from 'node:assert/strict'
import { AckRig } from '../../support/ack-rig'
import { ack, nack } from '../../support/reported-outcome'

const SECOND = 1_000
const HOUR = 3_600 * SECOND

for (const [direction, shiftMs] of [
  ['back', -HOUR],
  ['forward', HOUR],
] as const) {
  describe(`consumer with acks and a wall clock put ${direction} by an hour`, () => {
    const rig = new AckRig()

    const shiftWallTime = (): void => {
      rig.clock.shiftWallTime(shiftMs)
    }

    it('sends a failed record again after its retry delay', async () => {
      await rig.start(['a'], { retryDelay: '1000' })
      nack(rig.message(0))
      shiftWallTime()
      // Another record wakes the scheduler, but does not shorten the delay.
      rig.source.deliver(0, 11n, ['b'])
      await rig.clock.advance(999)
      assert.deepEqual(rig.payloads, ['a', 'b'])
      await rig.clock.advance(1)
      assert.deepEqual(rig.payloads, ['a', 'b', 'a'])
    })

    it('shows the next attempt by the wall clock as it is now', async () => {
      await rig.start(['a'], { retryDelay: '10000' })
      nack(rig.message(0))
      await rig.clock.advance(4 * SECOND)
      shiftWallTime()
      const at = rig.clock.now() + 6 * SECOND
      const { nextAttemptAt, shardStates } = rig.consumer.snapshot()
      assert.deepEqual([nextAttemptAt, shardStates[0]?.nextAttemptAt], [at, at])
    })

    it('lets a record fail when its ack timeout has passed, and not before', async () => {
      await rig.start(['a'], { ackTimeout: '30', retryDelay: '1000' })
      await rig.clock.advance(10 * SECOND)
      shiftWallTime()
      await rig.clock.advance(19 * SECOND)
      assert.equal(rig.consumer.snapshot().isRetrying, false)
      await rig.clock.advance(3 * SECOND)
      assert.deepEqual(rig.payloads, ['a', 'a'])
    })

    it('shows after a minute that no ack comes', async () => {
      await rig.start(['a'], { maxInFlight: '1' })
      await rig.clock.advance(10 * SECOND)
      shiftWallTime()
      await rig.clock.advance(49 * SECOND)
      assert.deepEqual([rig.consumer.snapshot().unanswered, rig.warnings], [null, []])
      await rig.clock.advance(2 * SECOND)
      assert.equal(rig.consumer.snapshot().unanswered?.seconds, 61)
      assert.deepEqual(rig.warnings, ['SLS_ACK_MISSING'])
    })

    it('sends records again after five seconds that restarted nodes have lost', async () => {
      await rig.start(['a'])
      const records = rig.consumer.flowRestarted()
      await rig.clock.advance(2 * SECOND)
      shiftWallTime()
      await rig.clock.advance(2 * SECOND)
      assert.equal(rig.messages.length, 1)
      await rig.clock.advance(1 * SECOND)
      assert.deepEqual([rig.payloads, await records], [['a', 'a'], 1])
    })

    it('sends exhausted records again at once after a start command', async () => {
      await rig.start(['a'], { maxAttempts: '1' })
      nack(rig.message(0))
      shiftWallTime()
      rig.executor.start(null)
      await rig.clock.settle()
      assert.deepEqual(rig.payloads, ['a', 'a'])
    })

    it('waits at a stop for acks no longer than two seconds', async () => {
      await rig.start(['a'])
      await rig.deliver(11n, ['b', 'c', 'd'])
      let isClosed = false
      const closed = rig.consumer.close().then(() => {
        isClosed = true
      })
      await rig.clock.settle()
      shiftWallTime()
      for (const index of [0, 1, 2]) {
        await rig.clock.advance(600)
        ack(rig.message(index))
        await rig.clock.settle()
      }
      assert.equal(isClosed, false)
      await rig.clock.advance(200)
      assert.equal(isClosed, true)
      await closed
      assert.deepEqual(rig.source.committed, { 0: '13' })
    })
  })
}
