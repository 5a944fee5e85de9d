import assert from 'node:assert/strict'
import type { RecordMessage } from '../../../lib/delivery/message'
import { AckRig } from '../../support/ack-rig'
import { numbered } from '../../support/consumer-rig'
import { ack, nack } from '../../support/reported-outcome'

const MINUTE = 60_000

describe('delivery of records again', () => {
  const rig = new AckRig()

  describe('a record that failed', () => {
    it('is sent again as a fresh copy, after a longer delay each time', async () => {
      await rig.start(['{"a":1}'], { retryDelay: '1000' })
      Object.assign(rig.message(0).payload as object, { a: 'changed by the flow' })
      nack(rig.message(0))
      await rig.clock.advance(999)
      assert.equal(rig.messages.length, 1)
      await rig.clock.advance(1)
      assert.deepEqual(rig.message(1).payload, { a: 1 })
      assert.equal(rig.message(1).kafka.attempt, 2)
      nack(rig.message(1))
      await rig.clock.advance(1_999)
      assert.equal(rig.messages.length, 2)
      await rig.clock.advance(1)
      assert.equal(rig.message(2).kafka.attempt, 3)
    })

    it('waits at most a minute for its next attempt', async () => {
      await rig.start(['a'], { retryDelay: '1000' })
      for (let attempt = 1; attempt <= 12; attempt++) {
        assert.equal(rig.message(-1).kafka.attempt, attempt)
        nack(rig.message(-1))
        await rig.clock.advance(MINUTE)
      }
    })

    it('does not block others, and only one failed record at a time is sent again', async () => {
      await rig.start(['a', 'b'])
      nack(rig.message(0))
      nack(rig.message(1))
      await rig.deliver(12n, ['c'])
      assert.deepEqual(rig.payloads, ['a', 'b', 'c'])
      await rig.clock.advance(4_000)
      assert.deepEqual(rig.payloads, ['a', 'b', 'c', 'a'])
      ack(rig.message(3))
      await rig.clock.settle()
      assert.deepEqual(rig.payloads, ['a', 'b', 'c', 'a', 'b'])
    })

    it('is sent again with all records of the same failed message, for a Join', async () => {
      await rig.start(['a', 'b', 'c', 'd'])
      nack(rig.message(0), rig.message(2))
      nack(rig.message(1), rig.message(3))
      await rig.clock.advance(4_000)
      assert.deepEqual(rig.payloads.slice(4), ['a', 'c'])
      nack(...rig.messages.slice(4))
      await rig.clock.settle()
      assert.deepEqual(rig.payloads.slice(6), ['b', 'd'])
      ack(...rig.messages.slice(6))
      await rig.clock.advance(4_000)
      assert.deepEqual(rig.payloads.slice(8), ['a', 'c'])
    })

    it('is sent again after some seconds, although another retry has no outcome', async () => {
      await rig.start(['a', 'b', 'c'])
      for (const message of rig.messages.slice(0, 3)) nack(message)
      await rig.clock.advance(5_500)
      assert.deepEqual(rig.payloads.slice(3), ['a'])
      await rig.clock.advance(5_000)
      assert.deepEqual(rig.payloads.slice(3), ['a', 'b'])
      await rig.clock.advance(5_000)
      assert.deepEqual(rig.payloads.slice(3), ['a', 'b', 'c'])
    })

    it('is done by a late ack of any attempt that timed out', async () => {
      await rig.start(['a'], { ackTimeout: '30' })
      await rig.clock.advance(MINUTE)
      assert.ok(rig.messages.length > 1)
      ack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '11' })
      assert.equal(rig.inFlight, 0)
    })

    it('is not done by an ack of the attempt that failed: some nodes fail and then complete', async () => {
      await rig.start(['a'])
      nack(rig.message(0))
      ack(rig.message(0))
      assert.equal(rig.inFlight, 1)
      await rig.clock.advance(MINUTE)
      ack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '10' })
      ack(rig.message(1))
      assert.deepEqual(await rig.committed(), { 0: '11' })
    })

    it('fails only by a nack of its newest attempt', async () => {
      await rig.start(['a'])
      nack(rig.message(0))
      await rig.clock.advance(MINUTE)
      nack(rig.message(0))
      await rig.clock.advance(MINUTE)
      assert.equal(rig.messages.length, 2)
    })

    it('is in the snapshot until it is done, with the time of its next attempt', async () => {
      await rig.start(['a'])
      const shown = (): [boolean, number | null] => {
        const { isRetrying, nextAttemptAt } = rig.consumer.snapshot()
        return [isRetrying, nextAttemptAt]
      }
      nack(rig.message(0))
      assert.deepEqual(shown(), [true, rig.clock.now() + 1_000])
      await rig.clock.advance(1_000)
      assert.deepEqual(shown(), [true, null])
      ack(rig.message(1))
      assert.deepEqual(shown(), [false, null])
    })

    it('counts its age from its first attempt', async () => {
      await rig.start(['a'])
      await rig.clock.advance(2_000)
      nack(rig.message(0))
      await rig.clock.advance(10_000)
      const { oldestSeconds, delaySeconds } = rig.consumer.snapshot()
      assert.deepEqual([oldestSeconds, delaySeconds], [12, 12])
    })

    it('causes one warning when it fails for a minute, until nothing fails', async () => {
      await rig.start(numbered(3), { maxAttempts: '0' })
      await failFor(59_000)
      assert.deepEqual([rig.warnings, rig.consumer.snapshot().retrying], [[], null])
      await failFor(2_000)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING'])
      assert.equal(rig.consumer.snapshot().retrying?.offset, '10')
      await failFor(5 * MINUTE)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING'])
      for (let passed = 0; passed < 3 * MINUTE; passed += 1_000) {
        ack(...rig.messages)
        await rig.clock.advance(1_000)
      }
      assert.equal(rig.consumer.snapshot().retrying, null)
      await rig.deliver(13n, ['d'])
      await failFor(62_000)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING', 'SLS_RETRYING'])
    })

    it('causes a warning also if its ack timeout has passed', async () => {
      await rig.start(['a'], { maxAttempts: '0', ackTimeout: '10' })
      await rig.clock.advance(65_000)
      assert.deepEqual(rig.warnings, [])
      await rig.clock.advance(8_000)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING'])
    })

    it('causes one warning also if the membership is lost meanwhile', async () => {
      await rig.start(['a'], { maxAttempts: '0' })
      await failFor(62_000)
      rig.source.fail(new Error('gone'))
      await rig.clock.advance(10_000)
      rig.source.assign([0])
      await rig.clock.advance(10_000)
      rig.source.deliver(0, 10n, ['a'])
      await rig.clock.advance(2_000)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING'])
      assert.ok((rig.consumer.snapshot().retrying?.seconds ?? 0) > 80, 'since its first failure')
    })

    it('causes no warning in a pause, which delays its next attempt', async () => {
      await rig.start(['a'], { maxAttempts: '0' })
      nack(rig.message(0))
      rig.executor.pause(null)
      await rig.clock.advance(5 * MINUTE)
      assert.deepEqual([rig.warnings, rig.consumer.snapshot().nextAttemptAt], [[], null])
    })

    /** Nacks every message, once a second. */
    async function failFor(milliseconds: number): Promise<void> {
      for (let passed = 0; passed < milliseconds; passed += 1_000) {
        nack(...rig.messages)
        await rig.clock.advance(1_000)
      }
    }
  })

  describe('an ack timeout', () => {
    it('counts as a failure, and starts when the record is sent', async () => {
      await rig.start(['a'], {
        ackTimeout: '30',
        retryDelay: '1000',
        maxAttempts: '2',
        onExhausted: 'skip',
      })
      await rig.clock.advance(29_000)
      assert.equal(rig.messages.length, 1)
      await rig.clock.advance(3_000)
      assert.equal(rig.messages.length, 2)
      await rig.clock.advance(28_000)
      assert.deepEqual(rig.recordErrors, [])
      await rig.clock.advance(3_000)
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
    })

    it('sends only one record at a time again to a slow flow', async () => {
      await rig.start(numbered(100), { ackTimeout: '30' })
      await rig.clock.advance(10 * MINUTE)
      const again = rig.messages.length - 100
      assert.ok(again > 0 && again <= 20, `${again} repeats`)
    })
  })

  describe('a restart of nodes of the flow', () => {
    const offsets = (messages: readonly RecordMessage[]): string[] =>
      messages.map(({ offset, kafka }) => `${offset}#${String(kafka.attempt)}`)

    /** Restarts nodes of the flow. @returns the number of records that are sent again */
    async function restartFlow(): Promise<number> {
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(6_000)
      return restarted
    }

    it('sends all records again together that have no outcome within five seconds', async () => {
      await rig.start(numbered(4))
      ack(rig.message(1))
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(4_000)
      assert.equal(rig.messages.length, 4)
      await rig.clock.advance(2_000)
      assert.deepEqual(offsets(rig.messages.slice(4)), ['10#2', '12#2', '13#2'])
      assert.equal(await restarted, 3)
      ack(...rig.messages.slice(4))
      assert.deepEqual(await rig.committed(), { 0: '14' })
    })

    it('is no failure: the snapshot shows no retry, and no warning follows', async () => {
      await rig.start(numbered(4))
      assert.equal(await restartFlow(), 4)
      assert.equal(rig.consumer.snapshot().isRetrying, false)
      await rig.clock.advance(2 * MINUTE)
      assert.deepEqual([rig.consumer.snapshot().retrying, rig.warnings], [null, []])
    })

    it('waits while outcomes come, and then sends only the other records again', async () => {
      await rig.start(numbered(6))
      const restarted = rig.consumer.flowRestarted()
      for (let index = 0; index < 5; index++) {
        await rig.clock.advance(4_000)
        ack(rig.message(index))
      }
      assert.equal(rig.messages.length, 6)
      await rig.clock.advance(6_000)
      assert.equal(await restarted, 1)
      assert.deepEqual(offsets(rig.messages.slice(6)), ['15#2'])
    })

    it('sends no record again that was sent later or has an outcome', async () => {
      await rig.start(['before'])
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(1_000)
      await rig.deliver(11n, ['after'])
      ack(rig.message(0))
      await rig.clock.advance(MINUTE)
      assert.equal(await restarted, 0)
      assert.equal(rig.messages.length, 2)
    })

    it('also accepts an ack of the earlier attempt', async () => {
      await rig.start(['slow'])
      assert.equal(await restartFlow(), 1)
      ack(rig.message(0))
      assert.equal(rig.inFlight, 0)
      assert.deepEqual(await rig.committed(), { 0: '11' })
    })

    it('counts an attempt, and exhausts a record with the restart as the reason', async () => {
      await rig.start(['a'], { maxAttempts: '1', onExhausted: 'skip' })
      assert.equal(await restartFlow(), 1)
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
      assert.equal(rig.consumer.lastError?.params['reasonKey'], 'restarted')
    })

    it('sends a dead letter again at output 2, and does not stop the shard', async () => {
      await rig.start(['a'], { maxAttempts: '1', onExhausted: 'output' })
      nack(rig.message(0))
      assert.equal(await restartFlow(), 1)
      assert.equal(rig.deadLetters.length, 2)
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [])
    })

    it('begins to wait again after another restart', async () => {
      await rig.start(['a'])
      const first = rig.consumer.flowRestarted()
      await rig.clock.advance(3_000)
      const second = rig.consumer.flowRestarted()
      assert.equal(await first, 0)
      await rig.clock.advance(4_000)
      assert.equal(rig.messages.length, 1)
      await rig.clock.advance(2_000)
      assert.equal(await second, 1)
    })
  })
})
