import { readFileSync } from 'node:fs'
import { Kafka, logLevel, type Batch, type KafkaMessage } from 'kafkajs'
import type { Subscription } from './subscription'

/** kafkajs with eachBatch, its own commits and all its defaults. */
export async function startStock(
  { port, caFile, user, password, logstore, group }: Subscription,
  onBatch: (batch: Batch, recordOf: (message: KafkaMessage) => ReadRecord) => void,
): Promise<void> {
  const kafka = new Kafka({
    brokers: [`localhost:${port}`],
    ssl: { ca: readFileSync(caFile, 'utf8') },
    sasl: { mechanism: 'plain', username: user, password },
    logLevel: logLevel.NOTHING,
  })
  const consumer = kafka.consumer({ groupId: group })
  await consumer.connect()
  await consumer.subscribe({ topics: [logstore], fromBeginning: true })
  await consumer.run({
    eachBatch: ({ batch }) => {
      onBatch(batch, readRecord)
      return Promise.resolve()
    },
  })
}

/** The properties of a record in a message. */
export interface ReadRecord {
  readonly offset: string
  readonly key: string | null
  readonly value: string | null
  readonly timestamp: number
}

function readRecord({ offset, key, value, timestamp }: KafkaMessage): ReadRecord {
  return {
    offset,
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    timestamp: Number(timestamp),
  }
}
