import assert from 'node:assert/strict'
import { compressedBatch, LINES } from '../../support/compressed-batches'
import { figures } from '../support/figures'
import { LOGSTORE, SupervisedRig } from '../support/supervised-rig'
import { endedAfterEach } from '../../support/suite'

/** One record without key and value. */
const TOMBSTONE = { attributes: 0, count: 1, payload: Buffer.from([12, 0, 0, 0, 1, 1, 0]) }
const CODECS = ['lz4', 'snappy', 'zstd', 'gzip'] as const
const GOOD = 10

describe('a consumer of good and bad records', function () {
  this.timeout(60_000)
  const resources = endedAfterEach()

  it('delivers all good ones between a tombstone, one that is not JSON, and those of each codec', async () => {
    const rig = await SupervisedRig.start(resources, { format: 'json' })
    const { emulator, consumer, watch } = rig
    const batches = [TOMBSTONE, ...CODECS.map((codec) => compressedBatch('java', codec))]
    await rig.write(GOOD, 0)
    for (const batch of batches) {
      await emulator.appendBatch(LOGSTORE, 0, batch)
      await rig.write(GOOD, 0)
    }
    await emulator.append(LOGSTORE, ['GET /index.html 200'], { shard: 0 })
    await rig.write(GOOD, 0)
    const good = GOOD * (batches.length + 2)
    // The lines of the compressed batches are not JSON either.
    const bad = 1 + CODECS.length * LINES.length
    await consumer.untilMessages(good + 1)
    await consumer.until('the bad ones', () => consumer.recordErrors.length >= bad)
    await rig.shows('green')
    const numbers = consumer.payloads.filter((payload) => payload !== null)
    figures('records', {
      good: `${numbers.length} of ${good}`,
      tombstones: consumer.payloads.length - numbers.length,
      'reported as bad': `${consumer.recordErrors.length} of ${bad}`,
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
    rig.assertReported([])
    await rig.assertLeavesNothing()
  })
})
