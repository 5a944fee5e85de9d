import assert from 'node:assert/strict'
import type { BatchMessage, RecordMessage } from '../../../lib/delivery/message'
import type { Parts } from '../../../lib/delivery/part-counter'
import type { ConsumerSettings } from '../../../lib/config/consumer-options'
import { consumerRig, numbered, type ConsumerRig } from '../../support/consumer-rig'
import { report, reportKind } from '../../support/reported-outcome'

const INTERVAL = 5_000
const MINUTE = 60_000

const ack = (...messages: readonly RecordMessage[]): void => {
  reportKind('ack', ...messages)
}
const nack = (...messages: readonly RecordMessage[]): void => {
  reportKind('nack', ...messages)
}

describe('delivery/on-ack-processor', () => {
  let rig: ConsumerRig

  function start(settings: ConsumerSettings = {}): void {
    rig = consumerRig({}, { commit: 'onAck', ...settings })
    rig.consumer.start()
  }

  /** The nth message that was sent, from 0. */
  function sent(index: number): RecordMessage {
    return rig.sent.at(index) ?? assert.fail(`message ${index} was not sent`)
  }

  async function committed(): Promise<Record<number, string>> {
    await rig.clock.advance(INTERVAL)
    return rig.source().committed
  }

  afterEach(async () => {
    // Closing can wait for acks, by this clock.
    const closed = rig.consumer.close()
    await rig.clock.advance(5_000)
    await closed
    assert.equal(rig.clock.pending, 0, 'nothing is left running')
  })

  describe('commits', () => {
    it('nothing while the oldest record is not done', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(5))
      await rig.clock.settle()
      ack(sent(1), sent(2), sent(4))
      assert.deepEqual(await committed(), { 0: '10' })
    })

    it('the contiguous done prefix', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(5))
      await rig.clock.settle()
      ack(sent(0), sent(2), sent(1))
      assert.deepEqual(await committed(), { 0: '13' })
    })

    it('the end of the last record batch once everything is done, also past empty offsets', async () => {
      start()
      rig.source().assign([0])
      rig.source().emit({
        type: 'fetched',
        batch: {
          shard: 0,
          next: 100n,
          records: [{ offset: '10', key: null, value: Buffer.from('x'), timestamp: 1 }],
        },
      })
      await rig.clock.settle()
      ack(sent(0))
      assert.deepEqual(await committed(), { 0: '100' })
    })

    it('the position of a shard without records', async () => {
      start()
      rig.source().assign([0])
      rig.source().emit({ type: 'fetched', batch: { shard: 0, next: 100n, records: [] } })
      assert.deepEqual(await committed(), { 0: '100' })
    })

    it('nothing while offsets from before and after a reset are mixed', async () => {
      start({ maxInFlight: '2' })
      rig.source().assign([0])
      rig.source().deliver(0, 500n, numbered(3))
      await rig.clock.settle()
      rig.source().emit({ type: 'position-reset', reset: { shard: 0, lost: '503', found: '10' } })
      rig.source().deliver(0, 10n, numbered(2))
      ack(sent(0), sent(1))
      await rig.clock.settle()
      assert.deepEqual(await committed(), {})
      ack(sent(2))
      await rig.clock.settle()
      assert.deepEqual(await committed(), { 0: '10' })
      ack(sent(3), sent(4))
      assert.deepEqual(await committed(), { 0: '12' })
    })
  })

  describe('a token', () => {
    it('is also the id of the message', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      assert.equal(sent(0)._msgid, sent(0).kafka.token)
    })

    it('of a shard that has moved changes nothing, also when the shard comes back', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b'])
      await rig.clock.settle()
      rig.source().assign([])
      ack(sent(0))
      rig.source().assign([0])
      ack(sent(1))
      rig.source().deliver(0, 10n, ['a', 'b'])
      await rig.clock.settle()
      ack(sent(0), sent(1))
      nack(sent(0))
      assert.deepEqual(await committed(), { 0: '10' })
      assert.equal(rig.sent.length, 4)
      assert.equal(rig.consumer.snapshot().staleAcks, 5)
    })

    it('of a shard that was kept counts', async () => {
      start()
      rig.source().assign([0, 1])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      rig.source().assign([0], { kept: new Set([0]) })
      ack(sent(0))
      assert.deepEqual(await committed(), { 0: '11' })
    })

    it('of an ended membership changes nothing', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      rig.source().fail(new Error('gone'))
      await rig.clock.advance(3_000)
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      ack(sent(0))
      assert.deepEqual(await committed(), { 0: '10' })
    })

    it('counts once', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b'])
      await rig.clock.settle()
      ack(sent(0), sent(0))
      ack(sent(0))
      assert.equal(rig.consumer.snapshot().inFlight, 1)
    })
  })

  describe('a record that failed', () => {
    it('is sent again as a fresh copy, after a longer delay each time', async () => {
      start({ retryDelay: '1000' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['{"a":1}'])
      await rig.clock.settle()
      Object.assign(sent(0).payload as object, { a: 'changed by the flow' })
      nack(sent(0))
      await rig.clock.advance(999)
      assert.equal(rig.sent.length, 1)
      await rig.clock.advance(1)
      assert.deepEqual(sent(1).payload, { a: 1 })
      assert.equal(sent(1).kafka.attempt, 2)
      nack(sent(1))
      await rig.clock.advance(1_999)
      assert.equal(rig.sent.length, 2)
      await rig.clock.advance(1)
      assert.equal(sent(2).kafka.attempt, 3)
    })

    it('waits at most a minute for its next attempt', async () => {
      start({ retryDelay: '1000' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      for (let attempt = 1; attempt <= 12; attempt++) {
        assert.equal(sent(-1).kafka.attempt, attempt)
        nack(sent(-1))
        await rig.clock.advance(MINUTE)
      }
    })

    it('does not block others, and only one failed record at a time is sent again', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b'])
      await rig.clock.settle()
      nack(sent(0))
      nack(sent(1))
      rig.source().deliver(0, 12n, ['c'])
      await rig.clock.settle()
      assert.deepEqual(rig.payloads(), ['a', 'b', 'c'])
      await rig.clock.advance(4_000)
      assert.deepEqual(rig.payloads(), ['a', 'b', 'c', 'a'])
      ack(sent(3))
      await rig.clock.settle()
      assert.deepEqual(rig.payloads(), ['a', 'b', 'c', 'a', 'b'])
    })

    it('is sent again with all records of the same failed message, for a Join', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b', 'c', 'd'])
      await rig.clock.settle()
      nack(sent(0), sent(2))
      nack(sent(1), sent(3))
      await rig.clock.advance(4_000)
      assert.deepEqual(rig.payloads().slice(4), ['a', 'c'])
      nack(...rig.sent.slice(4))
      await rig.clock.settle()
      assert.deepEqual(rig.payloads().slice(6), ['b', 'd'])
      ack(...rig.sent.slice(6))
      await rig.clock.advance(4_000)
      assert.deepEqual(rig.payloads().slice(8), ['a', 'c'])
    })

    it('is sent again after some seconds, although another retry has no outcome', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b', 'c'])
      await rig.clock.settle()
      for (const message of rig.sent.slice(0, 3)) nack(message)
      await rig.clock.advance(5_500)
      assert.deepEqual(rig.payloads().slice(3), ['a'])
      await rig.clock.advance(5_000)
      assert.deepEqual(rig.payloads().slice(3), ['a', 'b'])
      await rig.clock.advance(5_000)
      assert.deepEqual(rig.payloads().slice(3), ['a', 'b', 'c'])
    })

    it('is done by a late ack of any attempt that timed out', async () => {
      start({ ackTimeout: '30' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.advance(MINUTE)
      assert.ok(rig.sent.length > 1)
      ack(sent(0))
      assert.deepEqual(await committed(), { 0: '11' })
      assert.equal(rig.consumer.snapshot().inFlight, 0)
    })

    it('is not done by an ack of the attempt that failed: some nodes fail and then complete', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      ack(sent(0))
      assert.equal(rig.consumer.snapshot().inFlight, 1)
      await rig.clock.advance(MINUTE)
      ack(sent(0))
      assert.deepEqual(await committed(), { 0: '10' })
      ack(sent(1))
      assert.deepEqual(await committed(), { 0: '11' })
    })

    it('fails only by a nack of its newest attempt', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      await rig.clock.advance(MINUTE)
      nack(sent(0))
      await rig.clock.advance(MINUTE)
      assert.equal(rig.sent.length, 2)
    })

    it('is in the snapshot until it is done, with the time of its next attempt', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      const shown = (): [boolean, number | null] => {
        const { isRetrying, nextAttemptAt } = rig.consumer.snapshot()
        return [isRetrying, nextAttemptAt]
      }
      nack(sent(0))
      assert.deepEqual(shown(), [true, rig.clock.now() + 1_000])
      await rig.clock.advance(1_000)
      assert.deepEqual(shown(), [true, null])
      ack(sent(1))
      assert.deepEqual(shown(), [false, null])
    })

    it('counts its age from its first attempt', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.advance(2_000)
      nack(sent(0))
      await rig.clock.advance(10_000)
      const { oldestSeconds, delaySeconds } = rig.consumer.snapshot()
      assert.deepEqual([oldestSeconds, delaySeconds], [12, 12])
    })

    it('causes one warning when it fails for a minute, until nothing fails', async () => {
      start({ maxAttempts: '0' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(3))
      await rig.clock.settle()
      await failFor(59_000)
      assert.deepEqual([rig.warnings, rig.consumer.snapshot().retrying], [[], null])
      await failFor(2_000)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING'])
      assert.equal(rig.consumer.snapshot().retrying?.offset, '10')
      await failFor(5 * MINUTE)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING'])
      for (let passed = 0; passed < 3 * MINUTE; passed += 1_000) {
        ack(...rig.sent)
        await rig.clock.advance(1_000)
      }
      assert.equal(rig.consumer.snapshot().retrying, null)
      rig.source().deliver(0, 13n, ['d'])
      await rig.clock.settle()
      await failFor(62_000)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING', 'SLS_RETRYING'])
    })

    it('causes a warning also if its ack timeout has passed', async () => {
      start({ maxAttempts: '0', ackTimeout: '10' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.advance(65_000)
      assert.deepEqual(rig.warnings, [])
      await rig.clock.advance(8_000)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING'])
    })

    it('causes one warning also if the membership is lost meanwhile', async () => {
      start({ maxAttempts: '0' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      await failFor(62_000)
      rig.source().fail(new Error('gone'))
      await rig.clock.advance(10_000)
      rig.source().assign([0])
      await rig.clock.advance(10_000)
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.advance(2_000)
      assert.deepEqual(rig.warnings, ['SLS_RETRYING'])
      assert.ok((rig.consumer.snapshot().retrying?.seconds ?? 0) > 80, 'since its first failure')
    })

    it('causes no warning in a pause, which delays its next attempt', async () => {
      start({ maxAttempts: '0' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      rig.steering.pause(null)
      await rig.clock.advance(5 * MINUTE)
      assert.deepEqual([rig.warnings, rig.consumer.snapshot().nextAttemptAt], [[], null])
    })

    /** Nacks every message, once a second. */
    async function failFor(milliseconds: number): Promise<void> {
      for (let passed = 0; passed < milliseconds; passed += 1_000) {
        nack(...rig.sent)
        await rig.clock.advance(1_000)
      }
    }
  })

  describe('an exhausted or rejected record', () => {
    it('stops its own shard only', async () => {
      start({ maxAttempts: '2' })
      rig.source().assign([0, 1])
      rig.source().deliver(0, 10n, ['a', 'b'])
      await rig.clock.settle()
      ack(sent(1))
      nack(sent(0))
      await rig.clock.advance(MINUTE)
      nack(sent(2))
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [0])
      assert.equal(rig.consumer.snapshot().stoppedBy, 'SLS_ATTEMPTS_EXHAUSTED')
      rig.source().deliver(0, 12n, ['c'])
      rig.source().deliver(1, 70n, ['x'])
      await rig.clock.advance(MINUTE)
      assert.deepEqual(rig.payloads().slice(3), ['x'])
      ack(sent(3))
      assert.deepEqual(await committed(), { 0: '10', 1: '71' })
    })

    it('leaves other records of its shard their further attempts', async () => {
      start({ maxAttempts: '2' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b'])
      await rig.clock.settle()
      reportKind('reject', sent(0))
      nack(sent(1))
      await rig.clock.advance(MINUTE)
      assert.deepEqual(rig.payloads(), ['a', 'b', 'b'])
      nack(sent(2))
      assert.equal(rig.consumer.snapshot().inFlight, 0)
    })

    it('lets its shard continue after a late ack', async () => {
      start({ maxAttempts: '1', ackTimeout: '30', maxInFlight: '2' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b', 'c'])
      await rig.clock.settle()
      ack(sent(1))
      await rig.clock.settle()
      ack(sent(2))
      await rig.clock.advance(31_000)
      rig.source().deliver(0, 13n, ['d'])
      await rig.clock.settle()
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [0])
      assert.equal(rig.sent.length, 3)
      ack(sent(0))
      await rig.clock.settle()
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [])
      assert.deepEqual(rig.payloads(), ['a', 'b', 'c', 'd'])
    })

    it('is skipped with onExhausted skip', async () => {
      start({ maxAttempts: '1', onExhausted: 'skip' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
      assert.deepEqual(await committed(), { 0: '11' })
    })

    it('is skipped at once after a reject', async () => {
      start({ onExhausted: 'skip' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      reportKind('reject', sent(0))
      assert.deepEqual(rig.recordErrors, ['SLS_REJECTED 10'])
      assert.deepEqual(await committed(), { 0: '11' })
    })

    it('goes to output 2, still in flight, with a token of its own', async () => {
      start({ maxAttempts: '1', onExhausted: 'output' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      const [letter] = rig.deadLetters
      assert.equal(letter?.payload, 'a')
      assert.notEqual(letter.kafka.token, sent(0).kafka.token)
      assert.deepEqual(await committed(), { 0: '10' })
      ack(letter)
      assert.deepEqual(await committed(), { 0: '11' })
    })

    it('stops its shard if it also fails at output 2', async () => {
      start({ maxAttempts: '1', onExhausted: 'output' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      nack(...rig.deadLetters)
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [0])
      assert.deepEqual(await committed(), { 0: '10' })
    })

    it('is sent again by the next membership, because it was not committed', async () => {
      start({ maxAttempts: '1' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      rig.source().fail(new Error('gone'))
      await rig.clock.advance(3_000)
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      assert.equal(rig.sent.length, 2)
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [])
    })
  })

  describe('a record that cannot be decoded', () => {
    it('is done once it was reported', async () => {
      start({ format: 'json' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['no json', '{}'])
      await rig.clock.settle()
      assert.deepEqual(rig.recordErrors, ['SLS_DECODE_FAILED 10'])
      assert.deepEqual(await committed(), { 0: '11' })
      ack(sent(0))
      assert.deepEqual(await committed(), { 0: '12' })
    })

    it('is in flight at output 2, if there is one', async () => {
      start({ format: 'json', onExhausted: 'output' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['no json', '{}'])
      await rig.clock.settle()
      ack(sent(0))
      assert.deepEqual(await committed(), { 0: '10' })
      ack(...rig.deadLetters)
      assert.deepEqual(await committed(), { 0: '12' })
    })

    it('never lets others of its batch be committed before they are done', async () => {
      start({ format: 'json', emit: 'batch', batchSize: '4', batchWait: '0', maxInFlight: '4' })
      rig.source().assign([0])
      // The first record is alone, so that a commit falls due in the middle of a batch.
      rig.source().deliver(0, 0n, ['{}'])
      await rig.clock.settle()
      ack(sent(0))
      for (let batch = 0; batch < 200; batch++) {
        rig.source().deliver(0, BigInt(1 + batch * 4), ['bad', 'bad', 'bad', '{}'])
      }
      for (let batch = 0; batch < 200; batch++) {
        await rig.clock.settle()
        const good = 1 + batch * 4 + 3
        assert.ok(Number(rig.source().committed[0] ?? 0) <= good, `beyond ${good}`)
        ack(sent(1 + batch))
      }
    })

    it('is left out of a batch, whose other records are acknowledged together', async () => {
      start({ format: 'json', emit: 'batch', batchSize: '4', onExhausted: 'output' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['1', 'no json', '3', '4'])
      await rig.clock.settle()
      const batch = rig.sent[0] as unknown as BatchMessage
      assert.deepEqual(batch.payload, [1, 3, 4])
      ack(sent(0))
      assert.deepEqual(await committed(), { 0: '11' })
      ack(...rig.deadLetters)
      assert.deepEqual(await committed(), { 0: '14' })
    })
  })

  describe('the window', () => {
    it('limits the records in flight', async () => {
      start({ maxInFlight: '10' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, numbered(50))
      await rig.clock.settle()
      assert.equal(rig.sent.length, 10)
      ack(sent(3), sent(7))
      await rig.clock.settle()
      assert.equal(rig.sent.length, 12)
      assert.equal(rig.consumer.snapshot().inFlight, 10)
    })

    it('pauses fetching when it is full, and resumes when there is room', async () => {
      start({ maxInFlight: '10' })
      rig.source().assign([0, 1])
      rig.source().deliver(0, 0n, numbered(50))
      await rig.clock.settle()
      assert.deepEqual([...rig.source().paused], [], 'only from inside a fetch')
      rig.source().deliver(0, 50n, numbered(50))
      assert.deepEqual([...rig.source().paused], [0])
      ack(sent(0))
      assert.deepEqual([...rig.source().paused], [])
    })

    it('leaves every shard a part of it, also when one takes all it can get', async () => {
      start({ maxInFlight: '10' })
      rig.source().assign([0, 1])
      rig.source().deliver(0, 0n, numbered(50))
      await rig.clock.settle()
      const first = rig.sent.length
      assert.ok(first > 5 && first < 10, `${first} of the first shard`)
      rig.source().deliver(1, 0n, numbered(50))
      await rig.clock.settle()
      assert.equal(rig.sent.length, 10)
      for (let round = 0; round < 30; round++) {
        ack(...rig.sent.filter(({ partition }) => partition === 1))
        await rig.clock.settle()
      }
      assert.equal(rig.sent.filter(({ partition }) => partition === 1).length, 50)
    })

    it('with one record in flight keeps strict order, also of what failed', async () => {
      start({ maxInFlight: '1' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, ['a', 'b'])
      await rig.clock.settle()
      nack(sent(0))
      await rig.clock.advance(MINUTE)
      ack(sent(1))
      await rig.clock.settle()
      assert.deepEqual(rig.payloads(), ['a', 'a', 'b'])
    })

    it('spans at most ten times the limit, or 1,000 records', async () => {
      start({ maxInFlight: '10' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, numbered(3_000))
      await rig.clock.settle()
      for (let round = 0; round < 500; round++) {
        ack(...rig.sent.slice(1))
        await rig.clock.settle()
      }
      assert.equal(rig.sent.length, 1_000)
    })

    describe('for a flow of', () => {
      /** The most records that were sent and not committed. */
      let furthest = 0

      /** Acknowledges this many records in each millisecond. */
      async function work(milliseconds: number, perMillisecond: number): Promise<void> {
        let done = rig.sent.length
        for (let passed = 0; passed < milliseconds; passed++) {
          await rig.clock.advance(1)
          const upTo = Math.min(rig.sent.length, done + perMillisecond)
          ack(...rig.sent.slice(done, upTo))
          done = upTo
          await rig.clock.settle()
          const committed = Number(rig.source().committed[0] ?? 0)
          furthest = Math.max(furthest, rig.sent.length - committed)
        }
      }

      beforeEach(() => {
        furthest = 0
        start({ maxInFlight: '20', maxInFlightBytes: '16777216' })
        rig.source().assign([0])
        rig.source().deliver(0, 0n, numbered(20_000))
      })

      it('2,000 records a second keeps at most 1,000 uncommitted records', async () => {
        await work(1_500, 2)
        assert.ok(furthest <= 1_000, `${furthest} records`)
        assert.equal(rig.sent.length >= 3_000, true, 'it never waits')
      })

      it('10,000 records a second grows by 0.25 s of work, with five commits a second', async () => {
        await work(1_000, 10)
        assert.ok(furthest > 1_000 && furthest <= 2_780, `${furthest} records`)
        assert.ok(rig.sent.length >= 10_000, 'it never waits')
        const { length } = rig.source().commits
        assert.ok(length >= 3 && length <= 6, `${length} commits`)
      })

      it('10,000 records a second waits while commits fail, and continues when one succeeds', async () => {
        rig.source().outcome = 'failed'
        await work(1_000, 10)
        const { length } = rig.sent
        assert.ok(length > 1_000 && length <= 2_780, `${length} records`)
        rig.source().outcome = 'committed'
        await rig.clock.advance(INTERVAL)
        assert.ok(rig.sent.length > length)
      })

      it('5,000 records a second grows by 1.25 s of work if a commit takes 5 s', async () => {
        let answer = (): void => undefined
        rig.source().gate = new Promise((resolve) => {
          answer = resolve
        })
        await work(3_000, 5)
        const { length } = rig.sent
        assert.ok(length > 5_000 && length <= 6_400, `${length} records`)
        await rig.clock.advance(2_000)
        assert.equal(rig.sent.length, length, 'it waits for the response')
        answer()
        await work(100, 5)
        assert.ok(rig.sent.length > length)
        assert.ok(furthest <= 6_400, `${furthest} records`)
      })
    })

    it('lets other shards continue while the service refuses the commits of one', async () => {
      start({ maxInFlight: '10' })
      rig.source().assign([0, 1])
      rig.source().outcome = 'failed'
      rig.source().takenAlone = new Set([1])
      for (const shard of [0, 1]) rig.source().deliver(shard, 0n, numbered(2_000))
      for (let round = 0; round < 500; round++) {
        await rig.clock.advance(INTERVAL)
        ack(...rig.sent)
      }
      const sentOf = (shard: number): number =>
        rig.sent.filter(({ partition }) => partition === shard).length
      assert.deepEqual([sentOf(0), sentOf(1)], [1_000, 2_000])
    })

    it('is not used up by records that cannot be decoded', async () => {
      start({ format: 'json' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, [...numbered(3_000), '{}'])
      await rig.clock.settle()
      assert.equal(rig.sent.length, 1)
      assert.deepEqual(await committed(), { 0: '3000' })
    })

    it('bounds the memory of what is queued and in flight', async () => {
      start({ maxInFlight: '1000', maxInFlightBytes: '1048576' })
      rig.source().assign([0])
      const large = 'x'.repeat(100_000)
      for (let batch = 0; batch < 10; batch++) {
        rig.source().deliver(0, BigInt(batch * 2), [large, large])
        await rig.clock.settle()
        if (rig.source().paused.has(0)) break
      }
      assert.ok(rig.source().paused.has(0))
      assert.equal(rig.sent.length, 12)
      ack(...rig.sent.slice(0, 7))
      assert.ok(!rig.source().paused.has(0))
    })

    it('takes whole batches, and smaller ones only if it is too small', async () => {
      start({ emit: 'batch', batchSize: '8', batchWait: '0', maxInFlight: '10' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, numbered(24))
      await rig.clock.settle()
      const sizes = (): number[] =>
        rig.sent.map((message) => (message as unknown as BatchMessage).payload.length)
      assert.deepEqual(sizes(), [8])
      ack(sent(0))
      await rig.clock.settle()
      assert.deepEqual(sizes(), [8, 8])
      assert.equal(rig.consumer.snapshot().inFlight, 8)
    })
  })

  describe('an ack timeout', () => {
    it('counts as a failure, and starts when the record is sent', async () => {
      start({ ackTimeout: '30', retryDelay: '1000', maxAttempts: '2', onExhausted: 'skip' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.advance(29_000)
      assert.equal(rig.sent.length, 1)
      await rig.clock.advance(3_000)
      assert.equal(rig.sent.length, 2)
      await rig.clock.advance(28_000)
      assert.deepEqual(rig.recordErrors, [])
      await rig.clock.advance(3_000)
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
    })

    it('sends only one record at a time again to a slow flow', async () => {
      start({ ackTimeout: '30' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(100))
      await rig.clock.advance(10 * MINUTE)
      const again = rig.sent.length - 100
      assert.ok(again > 0 && again <= 20, `${again} repeats`)
    })
  })

  describe('a restart of nodes of the flow', () => {
    const offsets = (messages: readonly RecordMessage[]): string[] =>
      messages.map(({ offset, kafka }) => `${offset}#${String(kafka.attempt)}`)

    it('sends all records again together that have no outcome within five seconds', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(4))
      await rig.clock.settle()
      ack(sent(1))
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(4_000)
      assert.equal(rig.sent.length, 4)
      await rig.clock.advance(2_000)
      assert.deepEqual(offsets(rig.sent.slice(4)), ['10#2', '12#2', '13#2'])
      assert.equal(await restarted, 3)
      ack(...rig.sent.slice(4))
      assert.deepEqual(await committed(), { 0: '14' })
    })

    it('is no failure: the snapshot shows no retry, and no warning follows', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(4))
      await rig.clock.settle()
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(6_000)
      assert.equal(await restarted, 4)
      assert.equal(rig.consumer.snapshot().isRetrying, false)
      await rig.clock.advance(2 * MINUTE)
      assert.deepEqual([rig.consumer.snapshot().retrying, rig.warnings], [null, []])
    })

    it('waits while outcomes come, and then sends only the other records again', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(6))
      await rig.clock.settle()
      const restarted = rig.consumer.flowRestarted()
      for (let index = 0; index < 5; index++) {
        await rig.clock.advance(4_000)
        ack(sent(index))
      }
      assert.equal(rig.sent.length, 6)
      await rig.clock.advance(6_000)
      assert.equal(await restarted, 1)
      assert.deepEqual(offsets(rig.sent.slice(6)), ['15#2'])
    })

    it('sends no record again that was sent later or has an outcome', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['before'])
      await rig.clock.settle()
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(1_000)
      rig.source().deliver(0, 11n, ['after'])
      await rig.clock.settle()
      ack(sent(0))
      await rig.clock.advance(MINUTE)
      assert.equal(await restarted, 0)
      assert.equal(rig.sent.length, 2)
    })

    it('also accepts an ack of the earlier attempt', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['slow'])
      await rig.clock.settle()
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(6_000)
      assert.equal(await restarted, 1)
      ack(sent(0))
      assert.equal(rig.consumer.snapshot().inFlight, 0)
      assert.deepEqual(await committed(), { 0: '11' })
    })

    it('counts an attempt, and exhausts a record with the restart as the reason', async () => {
      start({ maxAttempts: '1', onExhausted: 'skip' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(6_000)
      assert.equal(await restarted, 1)
      assert.deepEqual(rig.recordErrors, ['SLS_ATTEMPTS_EXHAUSTED 10'])
      assert.equal(rig.consumer.lastError?.params['reasonKey'], 'restarted')
    })

    it('sends a dead letter again at output 2, and does not stop the shard', async () => {
      start({ maxAttempts: '1', onExhausted: 'output' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      const restarted = rig.consumer.flowRestarted()
      await rig.clock.advance(6_000)
      assert.equal(await restarted, 1)
      assert.equal(rig.deadLetters.length, 2)
      assert.deepEqual(rig.consumer.snapshot().stoppedShards, [])
    })

    it('begins to wait again after another restart', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      const first = rig.consumer.flowRestarted()
      await rig.clock.advance(3_000)
      const second = rig.consumer.flowRestarted()
      assert.equal(await first, 0)
      await rig.clock.advance(4_000)
      assert.equal(rig.sent.length, 1)
      await rig.clock.advance(2_000)
      assert.equal(await second, 1)
    })
  })

  describe('a flow that reports no outcome', () => {
    it('causes one warning, after a minute in which nothing can be sent', async () => {
      start({ maxInFlight: '10' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, numbered(20))
      await keepAlive(59_000)
      assert.equal(rig.consumer.snapshot().unanswered, null)
      await keepAlive(2_000)
      assert.equal(rig.consumer.snapshot().unanswered?.offset, '0')
      assert.deepEqual(rig.warnings, ['SLS_ACK_MISSING'])
      await keepAlive(10 * MINUTE)
      assert.deepEqual(rig.warnings, ['SLS_ACK_MISSING'])
    })

    it('is in the snapshot, but causes no warning while there is room', async () => {
      start({ maxInFlight: '10' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, numbered(3))
      await keepAlive(2 * MINUTE)
      assert.ok(rig.consumer.snapshot().unanswered)
      assert.deepEqual(rig.warnings, [])
    })

    it('is not assumed while a slow flow acknowledges', async () => {
      start({ maxInFlight: '100' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, numbered(400))
      for (let second = 0; second < 300; second++) {
        await keepAlive(1_000)
        ack(sent(second))
      }
      assert.deepEqual(rig.warnings, [])
    })

    it('causes another warning after it has acknowledged in between', async () => {
      start({ maxInFlight: '10' })
      rig.source().assign([0])
      rig.source().deliver(0, 0n, numbered(50))
      await keepAlive(2 * MINUTE)
      ack(...rig.sent)
      await keepAlive(2 * MINUTE)
      assert.deepEqual(rig.warnings, ['SLS_ACK_MISSING', 'SLS_ACK_MISSING'])
    })

    /** Keeps the membership alive, whatever the flow does. */
    async function keepAlive(milliseconds: number): Promise<void> {
      for (let passed = 0; passed < milliseconds; passed += 1_000) {
        rig.source().emit({ type: 'answer' })
        await rig.clock.advance(1_000)
      }
    }
  })

  describe('before shards can move', () => {
    it('nothing more is sent, and acks are awaited and committed', async () => {
      start({ maxInFlight: '2' })
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b', 'c'])
      await rig.clock.settle()
      let isReleased = false
      const released = rig
        .source()
        .listener.beforeRelease('rebalance')
        .then(() => {
          isReleased = true
        })
      await rig.clock.advance(500)
      ack(sent(0))
      await rig.clock.settle()
      assert.equal(rig.sent.length, 2)
      assert.equal(isReleased, false)
      ack(sent(1))
      await rig.clock.settle()
      await released
      assert.deepEqual(rig.source().committed, { 0: '12' })
    })

    it('other members wait for at most a second', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a', 'b'])
      await rig.clock.settle()
      const released = rig.source().listener.beforeRelease('rebalance')
      await rig.clock.advance(900)
      ack(sent(0))
      await rig.clock.advance(100)
      await released
      assert.deepEqual(rig.source().committed, { 0: '11' })
    })

    it('a stop does not wait if the flow has no record', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      nack(sent(0))
      await rig.source().listener.beforeRelease('stop')
    })

    it('a failed client commits done records without waiting', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(3))
      await rig.clock.settle()
      ack(sent(0))
      ack(sent(2))
      await rig.source().listener.beforeRelease('failure')
      assert.deepEqual(rig.source().committed, { 0: '11' })
    })

    it('a stop waits as long as acks come, for at most two seconds', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, numbered(10))
      await rig.clock.settle()
      const released = rig.source().listener.beforeRelease('stop')
      await rig.clock.advance(900)
      ack(sent(0))
      await rig.clock.advance(900)
      ack(sent(1))
      await rig.clock.advance(200)
      await released
      assert.deepEqual(rig.source().committed, { 0: '12' })
    })
  })

  describe('parts', () => {
    const part = (id: string, index: number, count: number, outer: Parts | null = null): Parts => ({
      id,
      index,
      count,
      outer,
    })

    it('make their record done when all of them are done', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      for (const index of [0, 1, 1]) report([sent(0)], { kind: 'ack', parts: part('s', index, 3) })
      assert.equal(rig.consumer.snapshot().inFlight, 1)
      report([sent(0)], { kind: 'ack', parts: part('s', 2, 3) })
      assert.equal(rig.consumer.snapshot().inFlight, 0)
    })

    it('fail the whole record if one of them fails', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      report([sent(0)], { kind: 'ack', parts: part('s', 0, 2) })
      nack(sent(0))
      await rig.clock.advance(MINUTE)
      assert.equal(rig.sent.length, 2)
      report([sent(1)], { kind: 'ack', parts: part('t', 0, 2) })
      assert.equal(rig.consumer.snapshot().inFlight, 1)
      report([sent(1)], { kind: 'ack', parts: part('t', 1, 2) })
      assert.equal(rig.consumer.snapshot().inFlight, 0)
    })

    it('of an inner sequence complete a part of the outer one', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      const outer = (index: number): Parts => part('outer', index, 2)
      report([sent(0)], { kind: 'ack', parts: part('x', 0, 2, outer(0)) })
      report([sent(0)], { kind: 'ack', parts: part('x', 1, 2, outer(0)) })
      report([sent(0)], { kind: 'ack', parts: part('y', 0, 2, outer(1)) })
      assert.equal(rig.consumer.snapshot().inFlight, 1)
      report([sent(0)], { kind: 'ack', parts: part('y', 1, 2, outer(1)) })
      assert.equal(rig.consumer.snapshot().inFlight, 0)
    })

    it('of several consumers are done together', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      const other = consumerRig({}, { commit: 'onAck' })
      other.consumer.start()
      other.source().assign([0])
      other.source().deliver(0, 10n, ['b'])
      await rig.clock.settle()
      await other.clock.settle()
      report([sent(0)], { kind: 'ack', parts: part('of both', 0, 2) })
      report(other.sent, { kind: 'ack', parts: part('of both', 1, 2) })
      assert.equal(rig.consumer.snapshot().inFlight, 0)
      assert.equal(other.consumer.snapshot().inFlight, 0)
      await other.consumer.close()
    })

    it('are not complete by a part of a failed attempt', async () => {
      start()
      rig.source().assign([0])
      rig.source().deliver(0, 10n, ['a'])
      await rig.clock.settle()
      report([sent(0)], { kind: 'ack', parts: part('one that failed', 1, 2) })
      nack(sent(0))
      report([sent(0)], { kind: 'ack', parts: part('one that failed', 0, 2) })
      assert.equal(rig.consumer.snapshot().inFlight, 1)
    })

    it('that are several records make these done together', async () => {
      start()
      rig.source().assign([0, 1])
      rig.source().deliver(0, 10n, ['a', 'b'])
      rig.source().deliver(1, 10n, ['c'])
      await rig.clock.settle()
      rig.sent.forEach((message, index) => {
        assert.equal(rig.consumer.snapshot().inFlight, 3)
        report([message], { kind: 'ack', parts: part('batch', index, 3) })
      })
      assert.equal(rig.consumer.snapshot().inFlight, 0)
    })
  })
})
