import assert from 'node:assert/strict'
import type { BatchMessage } from '../../../lib/delivery/message'
import { AckRig } from '../../support/ack-rig'
import { numbered } from '../../support/consumer-rig'
import { ack, nack } from '../../support/reported-outcome'
import { NO_RECORDS, RecordList } from '../../../lib/kafka/records/fetched-records'
import { record } from '../../support/fake-source'

const MINUTE = 60_000
const COMMIT_INTERVAL_MS = 5_000

describe('delivery/on-ack-processor', () => {
  const rig = new AckRig()

  describe('commits', () => {
    it('nothing while the oldest record is not done', async () => {
      await rig.start(numbered(5))
      ack(rig.message(1), rig.message(2), rig.message(4))
      assert.deepEqual(await rig.committed(), { 0: '10' })
    })

    it('the contiguous done prefix', async () => {
      await rig.start(numbered(5))
      ack(rig.message(0), rig.message(2), rig.message(1))
      assert.deepEqual(await rig.committed(), { 0: '13' })
    })

    it('the end of the last record batch once everything is done, also past empty offsets', async () => {
      await rig.start([])
      rig.source.emit({
        type: 'fetched',
        batch: {
          shard: 0,
          next: 100n,
          records: new RecordList([record(10n, 'x')]),
        },
      })
      await rig.clock.settle()
      ack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '100' })
    })

    it('the position of a shard without records', async () => {
      await rig.start([])
      rig.source.emit({ type: 'fetched', batch: { shard: 0, next: 100n, records: NO_RECORDS } })
      assert.deepEqual(await rig.committed(), { 0: '100' })
    })

    it('nothing while offsets from before and after a reset are mixed', async () => {
      await rig.start(numbered(3), { maxInFlight: '2' }, { from: 500n })
      rig.source.emit({
        type: 'position-reset',
        reset: { shard: 0, previousOffset: '503', newOffset: '10' },
      })
      rig.source.deliver(0, 10n, numbered(2))
      ack(rig.message(0), rig.message(1))
      await rig.clock.settle()
      assert.deepEqual(await rig.committed(), {})
      ack(rig.message(2))
      await rig.clock.settle()
      assert.deepEqual(await rig.committed(), { 0: '10' })
      ack(rig.message(3), rig.message(4))
      assert.deepEqual(await rig.committed(), { 0: '12' })
    })
  })

  describe('a token', () => {
    it('is also the id of the message', async () => {
      await rig.start(['a'])
      assert.equal(rig.message(0)._msgid, rig.message(0).kafka.token)
    })

    it('of a shard that has moved changes nothing, also when the shard comes back', async () => {
      await rig.start(['a', 'b'])
      rig.source.assign([])
      ack(rig.message(0))
      rig.source.assign([0])
      ack(rig.message(1))
      await rig.deliver(10n, ['a', 'b'])
      ack(rig.message(0), rig.message(1))
      nack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '10' })
      assert.equal(rig.messages.length, 4)
      assert.equal(rig.consumer.snapshot().staleAcks, 5)
    })

    it('of a shard that was kept counts', async () => {
      await rig.start(['a'], {}, { shards: [0, 1] })
      rig.source.assign([0], { kept: new Set([0]) })
      ack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '11' })
    })

    it('of an ended membership changes nothing', async () => {
      await rig.start(['a'])
      await rig.rejoin(['a'])
      ack(rig.message(0))
      assert.deepEqual(await rig.committed(), { 0: '10' })
    })

    it('counts once', async () => {
      await rig.start(['a', 'b'])
      ack(rig.message(0), rig.message(0))
      ack(rig.message(0))
      assert.equal(rig.inFlight, 1)
    })
  })

  describe('the window', () => {
    it('limits the records in flight', async () => {
      await rig.start(numbered(50), { maxInFlight: '10' }, { from: 0n })
      assert.equal(rig.messages.length, 10)
      ack(rig.message(3), rig.message(7))
      await rig.clock.settle()
      assert.equal(rig.messages.length, 12)
      assert.equal(rig.inFlight, 10)
    })

    it('pauses fetching when it is full, and resumes when there is room', async () => {
      await rig.start(numbered(50), { maxInFlight: '10' }, { shards: [0, 1], from: 0n })
      assert.deepEqual([...rig.source.paused], [], 'only from inside a fetch')
      rig.source.deliver(0, 50n, numbered(50))
      assert.deepEqual([...rig.source.paused], [0])
      ack(rig.message(0))
      assert.deepEqual([...rig.source.paused], [])
    })

    it('leaves every shard a part of it, also when one takes all it can get', async () => {
      await rig.start(numbered(50), { maxInFlight: '10' }, { shards: [0, 1], from: 0n })
      const first = rig.messages.length
      assert.ok(first > 5 && first < 10, `${first} of the first shard`)
      rig.source.deliver(1, 0n, numbered(50))
      await rig.clock.settle()
      assert.equal(rig.messages.length, 10)
      for (let round = 0; round < 30; round++) {
        ack(...rig.messages.filter(({ partition }) => partition === 1))
        await rig.clock.settle()
      }
      assert.equal(rig.messages.filter(({ partition }) => partition === 1).length, 50)
    })

    it('with one record in flight keeps strict order, also of what failed', async () => {
      await rig.start(['a', 'b'], { maxInFlight: '1' }, { from: 0n })
      nack(rig.message(0))
      await rig.clock.advance(MINUTE)
      ack(rig.message(1))
      await rig.clock.settle()
      assert.deepEqual(rig.payloads, ['a', 'a', 'b'])
    })

    it('spans at most ten times the limit, or 1,000 records', async () => {
      await rig.start(numbered(3_000), { maxInFlight: '10' }, { from: 0n })
      for (let round = 0; round < 500; round++) {
        ack(...rig.messages.slice(1))
        await rig.clock.settle()
      }
      assert.equal(rig.messages.length, 1_000)
    })

    describe('for a flow of', () => {
      /** The most records that were sent and not committed. */
      let furthest = 0
      /** Messages that are acknowledged. */
      let done = 0

      /** Acknowledges this many records in each millisecond. */
      async function work(milliseconds: number, perMillisecond: number): Promise<void> {
        for (let passed = 0; passed < milliseconds; passed++) {
          await rig.clock.advance(1)
          const upTo = Math.min(rig.messages.length, done + perMillisecond)
          ack(...rig.messages.slice(done, upTo))
          done = upTo
          await rig.clock.settle()
          const committed = Number(rig.source.committed[0] ?? 0)
          furthest = Math.max(furthest, rig.messages.length - committed)
        }
      }

      beforeEach(async () => {
        furthest = 0
        done = 0
        await rig.start(
          numbered(20_000),
          { maxInFlight: '20', maxInFlightBytes: '16777216' },
          { from: 0n },
        )
      })

      it('2,000 records a second keeps at most 1,000 uncommitted records', async () => {
        await work(1_500, 2)
        assert.ok(furthest <= 1_000, `${furthest} records`)
        assert.equal(rig.messages.length >= 3_000, true, 'it never waits')
      })

      it('10,000 records a second grows by 0.25 s of work, with five commits a second', async () => {
        await work(1_000, 10)
        assert.ok(furthest > 1_000 && furthest <= 2_780, `${furthest} records`)
        assert.ok(rig.messages.length >= 10_000, 'it never waits')
        const { length } = rig.source.commits
        assert.ok(length >= 3 && length <= 6, `${length} commits`)
      })

      it('10,000 records a second waits while commits fail, and continues when one succeeds', async () => {
        rig.source.outcome = 'failed'
        await work(1_000, 10)
        const { length } = rig.messages
        assert.ok(length > 1_000 && length <= 2_780, `${length} records`)
        rig.source.outcome = 'committed'
        await rig.clock.advance(COMMIT_INTERVAL_MS)
        assert.ok(rig.messages.length > length)
      })

      it('5,000 records a second grows by 1.25 s of work if a commit takes 5 s', async () => {
        let answer = (): void => undefined
        rig.source.gate = new Promise((resolve) => {
          answer = resolve
        })
        await work(3_000, 5)
        const { length } = rig.messages
        assert.ok(length > 5_000 && length <= 6_400, `${length} records`)
        await rig.clock.advance(2_000)
        assert.equal(rig.messages.length, length, 'it waits for the response')
        answer()
        await work(100, 5)
        assert.ok(rig.messages.length > length)
        assert.ok(furthest <= 6_400, `${furthest} records`)
      })
    })

    it('lets other shards continue while the service refuses the commits of one', async () => {
      await rig.start([], { maxInFlight: '10' }, { shards: [0, 1] })
      rig.source.outcome = 'failed'
      rig.source.takenAlone = new Set([1])
      for (const shard of [0, 1]) rig.source.deliver(shard, 0n, numbered(2_000))
      for (let round = 0; round < 500; round++) {
        await rig.clock.advance(COMMIT_INTERVAL_MS)
        ack(...rig.messages)
      }
      const sentOf = (shard: number): number =>
        rig.messages.filter(({ partition }) => partition === shard).length
      assert.deepEqual([sentOf(0), sentOf(1)], [1_000, 2_000])
    })

    it('is not used up by records that cannot be decoded', async () => {
      await rig.start([...numbered(3_000), '{}'], { format: 'json' }, { from: 0n })
      assert.equal(rig.messages.length, 1)
      assert.deepEqual(await rig.committed(), { 0: '3000' })
    })

    it('bounds the memory of what is queued and in flight', async () => {
      await rig.start([], { maxInFlight: '1000', maxInFlightBytes: '1048576' })
      const large = 'x'.repeat(100_000)
      for (let batch = 0; batch < 10; batch++) {
        rig.source.deliver(0, BigInt(batch * 2), [large, large])
        await rig.clock.settle()
        if (rig.source.paused.has(0)) break
      }
      assert.ok(rig.source.paused.has(0))
      assert.equal(rig.messages.length, 12)
      ack(...rig.messages.slice(0, 7))
      assert.ok(!rig.source.paused.has(0))
    })

    it('takes whole batches, and smaller ones only if it is too small', async () => {
      await rig.start(
        numbered(24),
        { emit: 'batch', batchSize: '8', batchWait: '0', maxInFlight: '10' },
        { from: 0n },
      )
      const sizes = (): number[] =>
        rig.messages.map((message) => (message as unknown as BatchMessage).payload.length)
      assert.deepEqual(sizes(), [8])
      ack(rig.message(0))
      await rig.clock.settle()
      assert.deepEqual(sizes(), [8, 8])
      assert.equal(rig.inFlight, 8)
    })
  })

  describe('a flow that reports no outcome', () => {
    it('causes one warning, after a minute in which nothing can be sent', async () => {
      await rig.start(numbered(20), { maxInFlight: '10' }, { from: 0n })
      await keepAlive(59_000)
      assert.equal(rig.consumer.snapshot().unanswered, null)
      await keepAlive(2_000)
      assert.equal(rig.consumer.snapshot().unanswered?.offset, '0')
      assert.deepEqual(rig.warnings, ['SLS_ACK_MISSING'])
      await keepAlive(10 * MINUTE)
      assert.deepEqual(rig.warnings, ['SLS_ACK_MISSING'])
    })

    it('is in the snapshot, but causes no warning while there is room', async () => {
      await rig.start(numbered(3), { maxInFlight: '10' }, { from: 0n })
      await keepAlive(2 * MINUTE)
      assert.ok(rig.consumer.snapshot().unanswered)
      assert.deepEqual(rig.warnings, [])
    })

    it('is not assumed while a slow flow acknowledges', async () => {
      await rig.start(numbered(400), { maxInFlight: '100' }, { from: 0n })
      for (let second = 0; second < 300; second++) {
        await keepAlive(1_000)
        ack(rig.message(second))
      }
      assert.deepEqual(rig.warnings, [])
    })

    it('causes another warning after it has acknowledged in between', async () => {
      await rig.start(numbered(50), { maxInFlight: '10' }, { from: 0n })
      await keepAlive(2 * MINUTE)
      ack(...rig.messages)
      await keepAlive(2 * MINUTE)
      assert.deepEqual(rig.warnings, ['SLS_ACK_MISSING', 'SLS_ACK_MISSING'])
    })

    /** Keeps the membership alive, whatever the flow does. */
    async function keepAlive(milliseconds: number): Promise<void> {
      for (let passed = 0; passed < milliseconds; passed += 1_000) {
        rig.source.emit({ type: 'alive' })
        await rig.clock.advance(1_000)
      }
    }
  })

  describe('before shards can move', () => {
    it('nothing more is sent, and acks are awaited and committed', async () => {
      await rig.start(['a', 'b', 'c'], { maxInFlight: '2' })
      let isReleased = false
      const released = rig.source.listener.beforeRelease('rebalance').then(() => {
        isReleased = true
      })
      await rig.clock.advance(500)
      ack(rig.message(0))
      await rig.clock.settle()
      assert.equal(rig.messages.length, 2)
      assert.equal(isReleased, false)
      ack(rig.message(1))
      await rig.clock.settle()
      await released
      assert.deepEqual(rig.source.committed, { 0: '12' })
    })

    it('other members wait for at most a second', async () => {
      await rig.start(['a', 'b'])
      const released = rig.source.listener.beforeRelease('rebalance')
      await rig.clock.advance(900)
      ack(rig.message(0))
      await rig.clock.advance(100)
      await released
      assert.deepEqual(rig.source.committed, { 0: '11' })
    })

    it('a stop does not wait if the flow has no record', async () => {
      await rig.start(['a'])
      nack(rig.message(0))
      await rig.source.listener.beforeRelease('stop')
    })

    it('a failed client commits done records without waiting', async () => {
      await rig.start(numbered(3))
      ack(rig.message(0))
      ack(rig.message(2))
      await rig.source.listener.beforeRelease('failure')
      assert.deepEqual(rig.source.committed, { 0: '11' })
    })

    it('a stop waits as long as acks come, for at most two seconds', async () => {
      await rig.start(numbered(10))
      const released = rig.source.listener.beforeRelease('stop')
      await rig.clock.advance(900)
      ack(rig.message(0))
      await rig.clock.advance(900)
      ack(rig.message(1))
      await rig.clock.advance(200)
      await released
      assert.deepEqual(rig.source.committed, { 0: '12' })
    })
  })
})
