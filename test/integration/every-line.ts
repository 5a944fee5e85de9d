import assert from 'node:assert/strict'
import type { Broker, Service } from '../../tools/shared/broker'
import { ConsumerProcess } from '../../tools/shared/consumer-process'
import { realLines } from '../support/real-lines'
import { assertReceived, createTopicWith, deal, joined, produceAll } from './lines'
import { endedAfterAll } from '../support/suite'

const LINES = 100_000
const LATER_LINES = 600
const PARTITIONS = 6
const TOPIC = 'real-lines'
const GROUP = 'node-red'

export function everyLineArrivesOnce(service: Service): void {
  describe(`${LINES} real lines over ${PARTITIONS} partitions`, () => {
    const all = realLines(LINES + LATER_LINES)
    const lines = deal(all.slice(0, LINES), PARTITIONS)
    const laterLines = deal(all.slice(LINES), PARTITIONS)
    const resources = endedAfterAll()
    let broker: Broker
    let consumer: ConsumerProcess

    before(async () => {
      broker = await resources.started(service.start())
      await createTopicWith(broker, TOPIC, lines)
      consumer = await ConsumerProcess.start(resources, broker)
    })

    it('arrive once each, in order within their partition', async () => {
      await consumer.deploy({ logstore: TOPIC, group: GROUP, startFrom: 'earliest' })
      await consumer.hasReceived(LINES)
      assert.equal(await consumer.stop(), 0, 'exit code of Node-RED')
      assertReceived(consumer, lines)
    })

    it('are committed to the end after a clean stop, which leaves no member in the group', async () => {
      assert.deepEqual(await broker.committed(GROUP, TOPIC), await broker.endOffsets(TOPIC))
      assert.deepEqual(await broker.members(GROUP), [])
    })

    it('are not repeated by a restart, which misses nothing written meanwhile', async () => {
      await produceAll(broker, TOPIC, laterLines)
      await consumer.restart()
      await consumer.hasReceived(LINES + LATER_LINES)
      assert.equal(await consumer.stop(), 0, 'exit code of Node-RED')
      assertReceived(consumer, joined(lines, laterLines))
      assert.deepEqual(await broker.committed(GROUP, TOPIC), await broker.endOffsets(TOPIC))
      assert.deepEqual(await broker.members(GROUP), [])
    })
  })
}
