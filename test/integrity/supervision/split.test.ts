import assert from 'node:assert/strict'
import { Resources } from '../../support/resources'
import { figures } from '../support/figures'
import { IS_FULL } from '../support/full'
import { LOGSTORE, SHARDS, Supervised } from '../support/supervised'

/** A list of shards is a minute old at most. */
const SEEN_WITHIN_MS = 75_000

describe('supervision: a shard that is split while read with latest', function () {
  this.timeout(120_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('every record of the new shards is delivered', async () => {
    const supervised = await Supervised.start(resources, { startFrom: 'latest' })
    const { endpoint, consumer, watch } = supervised
    await consumer.untilJoined()
    await supervised.reads()
    const from = Date.now()
    const children = await endpoint.splitShard(LOGSTORE, 0)
    // Written before anybody knows of the new shards.
    for (const child of children) await supervised.write(50, child)
    await supervised.write(30, 1)
    // Shards are listed anew after a minute, and when a connection broke.
    if (!IS_FULL) await endpoint.killConnections()
    await supervised.hasAll(SEEN_WITHIN_MS)
    const records = Date.now()
    await supervised.shows('green')
    const ofChildren = consumer.messages.filter(({ partition }) => children.includes(partition))
    figures('a split', {
      delivered: `${ofChildren.length} of 100`,
      'ms to all records': records - from,
      shown: watch.since(from),
    })
    supervised.assertOnceEach()
    assert.equal(consumer.shards, SHARDS + children.length)
    await supervised.assertNothingDoubled()
    await supervised.assertLeavesNothing()
  })
})
