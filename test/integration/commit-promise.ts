import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Broker, Service } from '../support/broker'
import { Reader } from '../support/reader'
import { Resources } from '../support/resources'
import { assertReceived, createTopicWith, joined, numberedLines, produceAll } from './lines'

const RECORDS = 200
const PARTITIONS = 4
const TOPIC = 'crash'
const GROUP = 'crash'
const COMMIT_INTERVAL_MS = 5_000
/** So that the group soon forgets a member that was killed; the shortest that services take. */
const SESSION_TIMEOUT_MS = 6_000
/** A record is committed within two commit intervals. */
const COMMITTED_MS = 4 * COMMIT_INTERVAL_MS
const LOOK_AGAIN_MS = 200

export function commitsNotTooSoon(service: Service): void {
  describe('commit onSend', () => {
    const resources = new Resources()
    let broker: Broker

    before(async () => {
      broker = await resources.started(service.start())
    })

    after(() => resources.end())

    it('repeats after a crash what was sent less than the commit interval ago, and only that', async () => {
      const done = numberedLines('done', RECORDS, PARTITIONS)
      const justSent = numberedLines('just sent', RECORDS, PARTITIONS)
      await createTopicWith(broker, TOPIC, done)
      const reader = await Reader.start(resources, broker)
      await reader.deploy({
        logstore: TOPIC,
        group: GROUP,
        startFrom: 'earliest',
        commitInterval: COMMIT_INTERVAL_MS,
        sessionTimeout: SESSION_TIMEOUT_MS,
      })
      await reader.hasReceived(RECORDS)
      const endOfDone = await broker.endOffsets(TOPIC)
      await untilCommitted(broker, endOfDone)

      await produceAll(broker, TOPIC, justSent)
      await reader.hasReceived(2 * RECORDS)
      await reader.nodeRed.kill()
      assert.deepEqual(await broker.committed(GROUP, TOPIC), endOfDone, 'committed at the crash')

      await reader.restart()
      await reader.hasReceived(3 * RECORDS)
      assert.equal(await reader.stop(), 0, 'exit code of Node-RED')
      assertReceived(reader, joined(done, justSent, justSent))
    })
  })
}

/** A service tells what is committed only when asked. */
async function untilCommitted(broker: Broker, offsets: readonly string[]): Promise<void> {
  const wanted = JSON.stringify(offsets)
  const deadline = Date.now() + COMMITTED_MS
  for (;;) {
    const committed = JSON.stringify(await broker.committed(GROUP, TOPIC))
    if (committed === wanted) return
    if (Date.now() > deadline) throw new Error(`committed ${committed}, not yet ${wanted}`)
    await delay(LOOK_AGAIN_MS)
  }
}
