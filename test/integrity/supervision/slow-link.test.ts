import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { figures } from '../support/figures'
import { inFull, itInFull } from '../support/full'
import { LOGSTORE, SHARDS, SupervisedRig } from '../support/supervised-rig'
import { endedAfterEach } from '../../support/suite'

const RECORD = 'x'.repeat(10_000)

/** Answers of up to 4 MiB take longer than any silence that is borne. */
const LINKS = [
  { bytesPerSecond: 500_000, megabytes: inFull(24, 6), test: it },
  { bytesPerSecond: 100_000, megabytes: 10, test: itInFull },
]

describe('a consumer on a slow link', function () {
  this.timeout(300_000)
  const resources = endedAfterEach()

  for (const { bytesPerSecond, megabytes, test } of LINKS) {
    test(`keeps its connections and reads steadily at ${bytesPerSecond / 1000} kB/s`, async () => {
      const rig = await SupervisedRig.start(resources, { format: 'text' })
      const { emulator, consumer, watch } = rig
      await rig.shows('green')
      const before = await emulator.state()
      const from = Date.now()
      await emulator.limitBandwidth(bytesPerSecond)
      const count = (megabytes * 1e6) / RECORD.length / SHARDS
      for (let shard = 0; shard < SHARDS; shard++) {
        const logs = Array.from({ length: count }, (_, index) => `${shard} ${index} ${RECORD}`)
        await emulator.append(LOGSTORE, logs.slice(0, 1), { shard })
        await emulator.append(LOGSTORE, logs.slice(1), { shard, groupSize: 10 })
      }
      const expected = (megabytes * 1e6) / bytesPerSecond
      const progress: number[] = []
      while (consumer.messages.length < count * SHARDS) {
        assert.ok(
          Date.now() - from < 3_000 * expected,
          `slower than it should be: ${progress.join()}`,
        )
        await delay(1_000)
        progress.push(consumer.messages.length)
      }
      const after = await emulator.state()
      figures(`${bytesPerSecond / 1000} kB/s`, {
        megabytes,
        seconds: Math.round((Date.now() - from) / 1000),
        'new connections': after.connections.total - before.connections.total,
        shown: watch.since(from),
        progress,
      })
      assert.equal(new Set(consumer.payloads).size, count * SHARDS)
      await emulator.clearFaults()
      await rig.shows('green')
      await rig.assertLeavesNothing()
    })
  }
})
