import assert from 'node:assert/strict'
import { figures } from '../support/figures'
import { IS_FULL } from '../support/full'
import { LOGSTORE, SHARDS, SupervisedRig } from '../support/supervised-rig'
import { endedAfterEach } from '../../support/suite'

/** A list of shards is a minute old at most. */
const SEEN_WITHIN_MS = 75_000

describe('a consumer with startFrom latest whose shard is split', function () {
  this.timeout(120_000)
  const resources = endedAfterEach()

  it('delivers every record of the new shards', async () => {
    const rig = await SupervisedRig.start(resources, { startFrom: 'latest' })
    const { emulator, consumer, watch } = rig
    await consumer.untilJoined()
    await rig.reads()
    const from = Date.now()
    const children = await emulator.splitShard(LOGSTORE, 0)
    // Written before a client knows the new shards.
    for (const child of children) await rig.write(50, child)
    await rig.write(30, 1)
    // Shards are listed again after a minute, and when a connection broke.
    if (!IS_FULL) await emulator.killConnections()
    await rig.hasAll(SEEN_WITHIN_MS)
    const records = Date.now()
    await rig.shows('green')
    const ofChildren = consumer.messages.filter(({ partition }) => children.includes(partition))
    figures('a split', {
      delivered: `${ofChildren.length} of 100`,
      'ms to all records': records - from,
      shown: watch.since(from),
    })
    rig.assertOnceEach()
    assert.equal(consumer.shards, SHARDS + children.length)
    await rig.assertEndsWell()
  })
})
