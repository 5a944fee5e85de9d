import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { newClientId } from '../../../lib/kafka/client-id'
import { RunningConsumer } from '../../support/running-consumer'
import { figures } from '../support/figures'
import { GROUP, LOGSTORE, SHARDS, SupervisedRig } from '../support/supervised-rig'
import { endedAfterEach } from '../../support/suite'

/** Wanted are 5 s; a stale member would cost the session timeout, 120 s. */
const READS_WITHIN_MS = 10_000
/** A new group waits so long for more members, and as long again if one has come. */
const GATHERING_MS = 3_000

describe('a consumer that was closed while it joined', function () {
  this.timeout(120_000)
  const resources = endedAfterEach()

  it('leaves all shards to its successor', async () => {
    const flags = ['--rebalance-delay', String(GATHERING_MS)]
    const rig = await SupervisedRig.start(resources, {}, { flags })
    const { emulator, consumer } = rig
    await consumer.untilState('joining')
    const joining = Date.now()
    await delay(1_000)
    const closing = Date.now()
    await consumer.close()
    const closed = Date.now()
    assert.deepEqual(await rig.memberIds(), [])
    const settings = { logstore: LOGSTORE, group: GROUP, startFrom: 'earliest' }
    const successor = new RunningConsumer(emulator, settings, () => newClientId('next')).start()
    resources.onEnd(() => successor.close())
    await successor.untilJoined()
    figures('close while joining', {
      'ms to the end': closed - closing,
      'ms to all shards': Date.now() - closed,
      'of which the service waits': joining + 2 * GATHERING_MS - closed,
    })
    assert.equal(successor.shards, SHARDS)
    assert.ok(Date.now() - closed < READS_WITHIN_MS)
  })
})
