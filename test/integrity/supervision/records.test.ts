import assert from 'node:assert/strict'
import { compressedBatch, LINES } from '../../support/compressed-batches'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { LOGSTORE, Supervised } from '../support/supervised'

/** One record without key and value. */
const TOMBSTONE = { attributes: 0, count: 1, payload: Buffer.from([12, 0, 0, 0, 1, 1, 0]) }
const CODECS = ['lz4', 'snappy', 'zstd', 'gzip'] as const
const GOOD = 10

describe('supervision: records between good ones', function () {
  this.timeout(60_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('a tombstone, one that is not JSON, and those of each codec: all good ones arrive', async () => {
    const supervised = await Supervised.start(resources, { format: 'json' })
    const { endpoint, consumer, watch } = supervised
    const batches = [TOMBSTONE, ...CODECS.map((codec) => compressedBatch('java', codec))]
    await supervised.write(GOOD, 0)
    for (const batch of batches) {
      await endpoint.appendBatch(LOGSTORE, 0, batch)
      await supervised.write(GOOD, 0)
    }
    await endpoint.append(LOGSTORE, ['GET /index.html 200'], { shard: 0 })
    await supervised.write(GOOD, 0)
    const good = GOOD * (batches.length + 2)
    // The lines of the compressed batches are no JSON either.
    const bad = 1 + CODECS.length * LINES.length
    await consumer.untilMessages(good + 1)
    await consumer.until('the bad ones', () => consumer.recordErrors.length >= bad)
    await supervised.shows('green')
    const numbers = consumer.payloads.filter((payload) => payload !== null)
    figures('records', {
      good: `${numbers.length} of ${good}`,
      tombstones: consumer.payloads.length - numbers.length,
      'told as bad': `${consumer.recordErrors.length} of ${bad}`,
      shown: watch.since(0),
    })
    assert.deepEqual(
      numbers,
      Array.from({ length: good }, (_, number) => number),
    )
    assert.equal(consumer.payloads.length, good + 1)
    assert.deepEqual(
      new Set(consumer.recordErrors.map(({ code }) => code)),
      new Set(['SLS_DECODE_FAILED']),
    )
    assert.equal(consumer.recordErrors.length, bad)
    assert.deepEqual(consumer.failures, [])
    await supervised.assertLeavesNothing()
  })
})
