import assert from 'node:assert/strict'
import type { ConsumerOptions } from '../../../lib/config/consumer-options'
import { consumerRig, type ConsumerRig } from '../../support/consumer-rig'
import { record } from '../../support/fake-source'
import { RecordList } from '../../../lib/kafka/records/fetched-records'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** When the consumer starts, in milliseconds since 1970. */
const START = 1_795_000_000_000

for (const [direction, shiftMs] of [
  ['back', -HOUR],
  ['forward', HOUR],
] as const) {
  describe(`delay and times with a wall clock put ${direction} by an hour`, () => {
    let rig: ConsumerRig

    function start(changes: Partial<ConsumerOptions> = {}): void {
      rig = consumerRig(changes)
      rig.clock.shiftWallTime(START - rig.clock.now())
      rig.consumer.start()
      rig.source().assign([0])
    }

    const shiftWallTime = (): void => {
      rig.clock.shiftWallTime(shiftMs)
    }

    afterEach(async () => {
      await rig.consumer.close()
      assert.equal(rig.clock.pending, 0, 'nothing is left running')
    })

    it('keeps a shard caught up, and counts its delay from there', async () => {
      start()
      rig.source().emit({ type: 'caught-up', shard: 0 })
      shiftWallTime()
      await rig.clock.advance(20 * SECOND)
      const shown = (): unknown[] => {
        const { isCaughtUp, delaySeconds } = rig.consumer.snapshot()
        return [isCaughtUp, delaySeconds]
      }
      assert.deepEqual(shown(), [true, 0])
      await rig.clock.advance(20 * SECOND)
      assert.deepEqual(shown(), [false, 40])
    })

    it('compares the timestamps of records with the wall clock as it is now', async () => {
      start()
      const timestamp = rig.clock.now() - MINUTE
      const records = new RecordList([{ ...record(10n, 'a'), timestamp }])
      rig.source().emit({ type: 'fetched', batch: { shard: 0, records, next: 11n } })
      await rig.clock.advance(10 * SECOND)
      assert.equal(rig.consumer.snapshot().delaySeconds, 70)
      shiftWallTime()
      // With the clock put back, the record lies in the future: the time since the assignment counts.
      const expected = { back: 10, forward: 3_670 }[direction]
      assert.equal(rig.consumer.snapshot().delaySeconds, expected)
    })

    it('shows the times of fetches and errors by the wall clock', async () => {
      start({ format: 'json' })
      shiftWallTime()
      rig.source().deliver(0, 10n, ['no JSON'])
      await rig.clock.settle()
      const [shard] = rig.consumer.snapshot().shardStates
      const wallTime = rig.clock.now()
      assert.deepEqual([shard?.lastFetchAt, shard?.lastError?.at], [wallTime, wallTime])
    })
  })
}
