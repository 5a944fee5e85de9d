import assert from 'node:assert/strict'
import { createTopicWith, numberedLines, produceAll } from '../integration/lines'
import type { Broker, Service } from '../../tools/shared/broker'
import { startKafkaPython } from '../../tools/shared/kafka-python'
import { startKcat } from '../../tools/shared/kcat'
import { assertDeliveredInOrder, hasLastOfEach, type Lines } from './account'
import { assertCommittedToTheEnd } from './committed'
import { endedAfterAll } from '../support/suite'

const RECORDS = 10_000
const LATER_RECORDS = 400
const SHARDS = 4
const CLIENTS = [
  { name: 'kcat', start: startKcat },
  { name: 'kafka-python', start: startKafkaPython },
]

export function otherClientsReadAndCommit(service: Service): void {
  for (const { name, start } of CLIENTS) {
    describe(`${name} alone in a group`, () => {
      const subscription = { logstore: `${name}-log`, group: name }
      const resources = endedAfterAll()
      let broker: Broker

      before(async () => {
        broker = await resources.started(service.start())
      })

      it(`reads ${RECORDS} records, each once and in order`, async () => {
        const lines = numberedLines('first', RECORDS, SHARDS)
        await createTopicWith(broker, subscription.logstore, lines)
        await reads(lines)
      })

      it('has committed the end of the data and left the group', () => hasCommittedAndLeft())

      it('goes on behind its commits when it is started again', async () => {
        const lines = numberedLines('later', LATER_RECORDS, SHARDS)
        await produceAll(broker, subscription.logstore, lines)
        await reads(lines)
        await hasCommittedAndLeft()
      })

      async function reads(lines: Lines): Promise<void> {
        const client = await resources.started(Promise.resolve(start(broker, subscription)))
        await client.until('the last records', () => hasLastOfEach(lines, client.deliveries))
        await client.stop()
        assertDeliveredInOrder(lines, client.deliveries)
      }

      async function hasCommittedAndLeft(): Promise<void> {
        const { logstore, group } = subscription
        await assertCommittedToTheEnd(broker, group, logstore)
        assert.deepEqual(await broker.members(group), [])
      }
    })
  }
}
