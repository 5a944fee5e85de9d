import assert from 'node:assert/strict'
import { createTopicWith, joined, numberedLines, produceAll } from '../integration/lines'
import type { Broker, Service } from '../../tools/shared/broker'
import { startKafkaPython } from '../../tools/shared/kafka-python'
import { ConsumerProcess } from '../../tools/shared/consumer-process'
import { withBroker } from '../support/suite'
import { assertDeliveredInOrder, hasLastOfEach, type Deliveries, type Lines } from './account'
import { assertCommittedToTheEnd } from './committed'

const RECORDS = 3_000
const LAST_RECORDS = 400
const SHARDS = 4
const GROUP = 'taken-over'

/** A client of either kind that starts in the group when it is called. */
type Start = (logstore: string) => Promise<Running>

interface Running {
  readonly deliveries: () => Deliveries
  /** Resolves when it has received the last of these lines in each shard. */
  hasRead(lines: Lines): Promise<void>
  stop(): Promise<void>
}

export function groupsAreTakenOver(service: Service): void {
  describe('a group', () => {
    let broker: Broker
    const ofOne = withBroker(service, (started) => {
      broker = started
    })

    it('is taken over by Node-RED from kafka-python without a loss or a repeat', () =>
      isTakenOver('from-kafka-python', startPython, startNodeRed))

    it('is taken over by kafka-python from Node-RED without a loss or a repeat', () =>
      isTakenOver('from-node-red', startNodeRed, startPython))

    /** The first is stopped while records are being written, and the second reads what is left. */
    async function isTakenOver(logstore: string, first: Start, second: Start): Promise<void> {
      const before = numberedLines('before', RECORDS, SHARDS)
      const meanwhile = numberedLines('meanwhile', RECORDS, SHARDS)
      const after = numberedLines('after', LAST_RECORDS, SHARDS)
      const all = joined(before, meanwhile, after)

      await createTopicWith(broker, logstore, before)
      const predecessor = await first(logstore)
      await predecessor.hasRead(before)
      await Promise.all([produceAll(broker, logstore, meanwhile), predecessor.stop()])
      const received = predecessor.deliveries()
      assert.deepEqual(await broker.members(GROUP), [], 'members after the first has left')

      const successor = await second(logstore)
      await produceAll(broker, logstore, after)
      await successor.hasRead(after)
      await successor.stop()
      assertDeliveredInOrder(all, [...received, ...successor.deliveries()])
      await assertCommittedToTheEnd(broker, GROUP, logstore)
      assert.deepEqual(await broker.members(GROUP), [], 'members at the end')
    }

    async function startPython(logstore: string): Promise<Running> {
      const client = startKafkaPython(broker, { logstore, group: GROUP })
      await ofOne.started(Promise.resolve(client))
      return {
        deliveries: () => client.deliveries,
        hasRead: (lines) =>
          client.until('the last records', () => hasLastOfEach(lines, client.deliveries)),
        stop: () => client.stop(),
      }
    }

    async function startNodeRed(logstore: string): Promise<Running> {
      const consumer = await ConsumerProcess.start(ofOne, broker)
      await consumer.deploy({ logstore, group: GROUP, startFrom: 'earliest' })
      return {
        deliveries: () => consumer.records.messages,
        hasRead: async (lines) => {
          await Promise.all(lines.map((ofShard) => consumer.hasLine(ofShard.at(-1) ?? '')))
        },
        stop: async () => {
          assert.equal(await consumer.stop(), 0, 'exit code of Node-RED')
        },
      }
    }
  })
}
