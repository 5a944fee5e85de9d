import assert from 'node:assert/strict'
import type { Broker, Service } from '../../tools/shared/broker'
import type { GroupClient, Subscription } from '../../tools/shared/group-client'
import { startKafkaPython } from '../../tools/shared/kafka-python'
import { startKcat } from '../../tools/shared/kcat'
import { openLogWriter } from '../../tools/shared/log-writer'
import { numberedLines } from '../integration/lines'
import { withBroker } from '../support/suite'

const RECORDS = 1_200
const SHARDS = 4

interface OtherClient {
  readonly name: string
  readonly start: (broker: Broker, subscription: Subscription) => GroupClient
}

const CLIENTS: readonly OtherClient[] = [
  { name: 'kcat', start: startKcat },
  { name: 'kafka-python', start: startKafkaPython },
]

/** Logs that the writer of `sls-kafka-out` has written, compressed or not, read by other clients. */
export function otherClientsReadWhatIsWritten(service: Service): void {
  describe('records that sls-kafka-out has written', () => {
    let broker: Broker
    const ofOne = withBroker(service, (started) => {
      broker = started
    })

    for (const { name, start } of CLIENTS) {
      for (const compression of ['none', 'gzip']) {
        it(`are read by ${name}, with compression ${compression}`, async () => {
          const logstore = `written-${compression}-for-${name}`
          await broker.createTopic(logstore, SHARDS)
          const { writer } = openLogWriter(broker, { logstore, compression })
          ofOne.onEnd(() => writer.close())
          const lines = numberedLines(logstore, RECORDS, SHARDS).flat()
          const { written, error } = await writer.write(lines)
          assert.deepEqual([written, error], [RECORDS, null])
          const client = await ofOne.started(
            Promise.resolve(start(broker, { logstore, group: logstore })),
          )
          await client.until('all records', () => client.deliveries.length >= RECORDS)
          const received = client.deliveries.map(({ payload }) => String(payload))
          assert.deepEqual(received.sort(), lines.sort())
        })
      }
    }
  })
}
