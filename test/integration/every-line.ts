import assert from 'node:assert/strict'
import type { Broker, Service } from '../support/broker'
import { Reader } from '../support/reader'
import { realLines } from '../support/real-lines'
import { Resources } from '../support/resources'
import { assertReceived, createTopicWith, deal, joined, produceAll } from './lines'

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
    const resources = new Resources()
    let broker: Broker
    let reader: Reader

    before(async () => {
      broker = await resources.started(service.start())
      await createTopicWith(broker, TOPIC, lines)
      reader = await Reader.start(resources, broker)
    })

    after(() => resources.end())

    it('arrive once each, in order within their partition', async () => {
      await reader.deploy({ logstore: TOPIC, group: GROUP, startFrom: 'earliest' })
      await reader.hasReceived(LINES)
      assert.equal(await reader.stop(), 0, 'exit code of Node-RED')
      assertReceived(reader, lines)
    })

    it('are committed to the end after a clean stop, which leaves no member in the group', async () => {
      assert.deepEqual(await broker.committed(GROUP, TOPIC), await broker.endOffsets(TOPIC))
      assert.deepEqual(await broker.members(GROUP), [])
    })

    it('are not repeated by a restart, which misses nothing written meanwhile', async () => {
      await produceAll(broker, TOPIC, laterLines)
      await reader.restart()
      await reader.hasReceived(LINES + LATER_LINES)
      assert.equal(await reader.stop(), 0, 'exit code of Node-RED')
      assertReceived(reader, joined(lines, laterLines))
      assert.deepEqual(await broker.committed(GROUP, TOPIC), await broker.endOffsets(TOPIC))
      assert.deepEqual(await broker.members(GROUP), [])
    })
  })
}
