import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { inFull, itInFull } from '../support/full'
import { LOGSTORE, SHARDS, Supervised } from '../support/supervised'

const RECORD = 'x'.repeat(10_000)

/** Answers of up to 4 MiB take longer than any silence that is borne. */
const LINKS = [
  { bytesPerSecond: 500_000, megabytes: inFull(24, 6), test: it },
  { bytesPerSecond: 100_000, megabytes: 10, test: itInFull },
]

describe('supervision: a slow link', function () {
  this.timeout(300_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  for (const { bytesPerSecond, megabytes, test } of LINKS) {
    test(`of ${bytesPerSecond / 1000} kB/s: steady progress, no connection lost, green`, async () => {
      const supervised = await Supervised.start(resources, { format: 'text' })
      const { endpoint, consumer, watch } = supervised
      await supervised.shows('green')
      const before = await endpoint.state()
      const from = Date.now()
      await endpoint.limitBandwidth(bytesPerSecond)
      const count = (megabytes * 1e6) / RECORD.length / SHARDS
      for (let shard = 0; shard < SHARDS; shard++) {
        const logs = Array.from({ length: count }, (_, index) => `${shard} ${index} ${RECORD}`)
        await endpoint.append(LOGSTORE, logs.slice(0, 1), { shard })
        await endpoint.append(LOGSTORE, logs.slice(1), { shard, groupSize: 10 })
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
      const after = await endpoint.state()
      figures(`${bytesPerSecond / 1000} kB/s`, {
        megabytes,
        seconds: Math.round((Date.now() - from) / 1000),
        'new connections': after.connections.total - before.connections.total,
        shown: watch.since(from),
        progress,
      })
      assert.equal(new Set(consumer.payloads).size, count * SHARDS)
      await endpoint.clearFaults()
      await supervised.shows('green')
      await supervised.assertLeavesNothing()
    })
  }
})
