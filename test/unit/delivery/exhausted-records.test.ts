import assert from 'node:assert/strict'
import type { BatchMessage } from '../../../lib/delivery/message'
import { AckRig } from '../../support/ack-rig'
import { ack, nack, reject } from '../../support/reported-outcome'

const MINUTE = 60_000

describe('delivery of records that fail for good', () => {
  const rig = new AckRig()

  describe('an exhausted or rejected record', () => {
    it('stops its own shard only', async () => {
      await rig.start(['a', 'b'], { maxAttempts: '2' }, { shards: [0, 1] })
      ack(rig.message(1))
      nack(rig.message(0))
      await rig.clock.advance(MINUTE)
      nack(rig.message(2))
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [0])
      assert.equal(rig.consumer.snapshot().stoppedBy, 'SLS_ATTEMPTS_EXHAUSTED')
      rig.source.deliver(0, 12n, ['c'])
      rig.source.deliver(1, 70n, ['x'])
      await rig.clock.advance(MINUTE)
      assert.deepEqual(rig.payloads.slice(3), ['x'])
      ack(rig.message(3))
      assert.deepEqual(await rig.committed(), { 0: '10', 1: '71' })
    })

    it('leaves other records of its shard their further attempts', async () => {
      await rig.start(['a', 'b'], { maxAttempts: '2' })
      reject(rig.message(0))
      nack(rig.message(1))
      await rig.clock.advance(MINUTE)
      assert.deepEqual(rig.payloads, ['a', 'b', 'b'])
      nack(rig.message(2))
      assert.equal(rig.inFlight, 0)
    })

    it('lets its shard continue after a late ack', async () => {
      await rig.start(['a', 'b', 'c'], { maxAttempts: '1', ackTimeout: '30', maxInFlight: '2' })
      ack(rig.message(1))
      await rig.clock.settle()
      ack(rig.message(2))
      await rig.clock.advance(31_000)
      await rig.deliver(13n, ['d'])
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [0])
      assert.equal(rig.messages.length, 3)
      ack(rig.message(0))
      await rig.clock.settle()
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [])
      assert.deepEqual(rig.payloads, ['a', 'b', 'c', 'd'])
    })

    it('is skipped with onExhausted skip', async () => {
      await rig.start(['a'], { maxAttempts: '1', onExhausted: 'skip' })
      nack(rig.message(0))
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
      assert.deepEqual(await rig.committed(), { 0: '11' })
    })

    it('is skipped at once after a reject', async () => {
      await rig.start(['a'], { onExhausted: 'skip' })
      reject(rig.message(0))
      assert.deepEqual(rig.recordErrors, ['SLS_REJECTED 10'])
      assert.deepEqual(await rig.committed(), { 0: '11' })
    })

    it('goes to output 2, still in flight, with a token of its own', async () => {
      await rig.start(['a'], { maxAttempts: '1', onExhausted: 'output' })
      nack(rig.message(0))
      const [letter] = rig.deadLetters
      assert.equal(letter?.payload, 'a')
      assert.notEqual(letter.kafka.token, rig.message(0).kafka.token)
      assert.deepEqual(await rig.committed(), { 0: '10' })
      ack(letter)
      assert.deepEqual(await rig.committed(), { 0: '11' })
    })

    it('stops its shard if it also fails at output 2', async () => {
      await rig.start(['a'], { maxAttempts: '1', onExhausted: 'output' })
      nack(rig.message(0))
      nack(...rig.deadLetters)
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [0])
      assert.deepEqual(await rig.committed(), { 0: '10' })
    })

    it('is sent again by the next membership, because it was not committed', async () => {
      await rig.start(['a'], { maxAttempts: '1' })
      nack(rig.message(0))
      await rig.rejoin(['a'])
      assert.equal(rig.messages.length, 2)
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [])
    })
  })

  describe('a record that cannot be decoded', () => {
    it('is done once it was reported', async () => {
      await rig.start(['no json', '{}'], { format: 'json' })
      assert.deepEqual(rig.recordErrors, ['SLS_DECODE_FAILED 10'])
      assert.deepEqual(await rig.committed(), { 0: '11' })
      ack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '12' })
    })

    it('is in flight at output 2, if there is one', async () => {
      await rig.start(['no json', '{}'], { format: 'json', onExhausted: 'output' })
      ack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '10' })
      ack(...rig.deadLetters)
      assert.deepEqual(await rig.committed(), { 0: '12' })
    })

    it('never lets others of its batch be committed before they are done', async () => {
      await rig.start([], {
        format: 'json',
        emit: 'batch',
        batchSize: '4',
        batchWait: '0',
        maxInFlight: '4',
      })
      // The first record is alone, so that a commit falls due in the middle of a batch.
      await rig.deliver(0n, ['{}'])
      ack(rig.message(0))
      for (let batch = 0; batch < 200; batch++) {
        rig.source.deliver(0, BigInt(1 + batch * 4), ['bad', 'bad', 'bad', '{}'])
      }
      for (let batch = 0; batch < 200; batch++) {
        await rig.clock.settle()
        const good = 1 + batch * 4 + 3
        assert.ok(Number(rig.source.committed[0] ?? 0) <= good, `beyond ${good}`)
        ack(rig.message(1 + batch))
      }
    })

    it('is left out of a batch, whose other records are acknowledged together', async () => {
      await rig.start(['1', 'no json', '3', '4'], {
        format: 'json',
        emit: 'batch',
        batchSize: '4',
        onExhausted: 'output',
      })
      const batch = rig.messages[0] as unknown as BatchMessage
      assert.deepEqual(batch.payload, [1, 3, 4])
      ack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '11' })
      ack(...rig.deadLetters)
      assert.deepEqual(await rig.committed(), { 0: '14' })
    })
  })
})
