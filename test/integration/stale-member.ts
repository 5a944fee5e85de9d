import assert from 'node:assert/strict'
import type { Broker, Service } from '../../tools/shared/broker'
import { ConsumerProcess } from '../../tools/shared/consumer-process'
import { withBroker } from '../support/suite'

const PARTITIONS = 4
const TOPIC = 'stale-member'
/** Wanted are 5 s; a stale member would cost the default session timeout, 120 s. */
const READS_WITHIN_MS = 10_000

export function removesItsStaleMember(service: Service): void {
  describe('a process that starts after kill -9', () => {
    let broker: Broker
    const resources = withBroker(service, (started) => {
      broker = started
    })

    it('removes the stale member of the killed process and reads at once', async () => {
      await broker.createTopic(TOPIC, PARTITIONS)
      const consumer = await ConsumerProcess.start(resources, broker)
      await consumer.deploy({ logstore: TOPIC, group: TOPIC, startFrom: 'earliest' })
      await consumer.reads(PARTITIONS)
      await consumer.nodeRed.kill()
      assert.equal((await broker.members(TOPIC)).length, 1, 'the stale member')
      await consumer.restart()
      const startedMs = performance.now()
      await consumer.reads(PARTITIONS)
      await broker.produce(TOPIC, 1, ['after the crash'])
      await consumer.hasLine('after the crash')
      assert.ok(performance.now() - startedMs < READS_WITHIN_MS)
      await consumer.stop()
    })
  })
}
