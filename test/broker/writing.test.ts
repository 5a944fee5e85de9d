import assert from 'node:assert/strict'
import { apacheKafka, type Broker } from '../../tools/shared/broker'
import { openLogWriter } from '../../tools/shared/log-writer'
import { numberedLines } from '../integration/lines'
import { RunningConsumer } from '../support/running-consumer'
import { withBroker } from '../support/suite'

const RECORDS = 2_000
const SHARDS = 4

describe(`writing to ${apacheKafka.name}`, () => {
  let broker: Broker
  const ofOne = withBroker(apacheKafka, (started) => {
    broker = started
  })

  for (const compression of ['none', 'gzip']) {
    for (const order of ['spread', 'shard']) {
      it(`stores logs that sls-kafka-in reads, order ${order}, compression ${compression}`, async () => {
        const logstore = `written-${order}-${compression}`
        await broker.createTopic(logstore, SHARDS)
        const { writer, reports } = openLogWriter(broker, {
          ...{ logstore, compression, order, maxBatchRecords: 100 },
        })
        ofOne.onEnd(() => writer.close())
        const lines = numberedLines(logstore, RECORDS, 1).flat()
        const results = await Promise.all(lines.map((line) => writer.write(line)))
        assert.deepEqual(
          results.map(({ error }) => error?.code).filter((code) => code !== undefined),
          [],
        )
        const settings = { logstore, group: logstore, startFrom: 'earliest', format: 'text' }
        const consumer = new RunningConsumer(broker, settings).start()
        ofOne.onEnd(() => consumer.close())
        await consumer.untilMessages(RECORDS)
        const read = consumer.payloads.map(String)
        if (order === 'shard') assert.deepEqual(read, lines, 'in order')
        else assert.deepEqual(read.toSorted(), lines.toSorted())
        assert.deepEqual(reports, [])
      })
    }
  }
})
