import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Broker, Service } from '../../tools/shared/broker'
import { ConsumerProcess } from '../../tools/shared/consumer-process'
import { withBroker } from '../support/suite'
import { assertReceived, numberedLines, produceAll } from './lines'

const RECORDS = 100
const PARTITIONS = 4
/** Seconds from the first deploy. Nodes that only disconnect a client leave a second member behind. */
const REDEPLOYS = [0.1, 1, 3, 6]
/** With the second, which is Apache Kafka's default, the first redeploys fall into a pending join. */
const REBALANCE_DELAYS_MS = [0, 3_000]

export function redeployKeepsEveryRecord(service: Service): void {
  for (const rebalanceDelayMs of REBALANCE_DELAYS_MS) {
    describe(`a full redeploy, where a new group waits ${rebalanceDelayMs / 1000} s for members`, () => {
      let broker: Broker
      const ofOne = withBroker(
        service,
        (started) => {
          broker = started
        },
        { rebalanceDelayMs },
      )

      for (const seconds of REDEPLOYS) {
        it(`${seconds} s after the deploy delivers all records and leaves one member`, async () => {
          const topic = `redeploy-after-${seconds * 1000}-ms`
          const group = topic
          const settings = { logstore: topic, group, startFrom: 'earliest' }
          const lines = numberedLines(topic, RECORDS, PARTITIONS)
          await broker.createTopic(topic, PARTITIONS)
          const consumer = await ConsumerProcess.start(ofOne, broker)

          await consumer.deploy(settings)
          await delay(seconds * 1000)
          await consumer.deploy(settings)
          await consumer.reads(PARTITIONS)
          await produceAll(broker, topic, lines)
          await consumer.hasReceived(RECORDS)
          assert.equal((await broker.members(group)).length, 1, 'members of the group')

          // A second member of this process would stay in the group, because nothing ends it.
          assert.equal(await consumer.stop(), 0, 'exit code of Node-RED')
          assert.deepEqual(await broker.members(group), [])
          assertReceived(consumer, lines)
          assert.deepEqual(await broker.committed(group, topic), await broker.endOffsets(topic))
        })
      }
    })
  }
}
