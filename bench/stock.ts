import { readFileSync } from 'node:fs'
import { Kafka, logLevel, type Consumer, type KafkaMessage } from 'kafkajs'
import type { Client } from './protocol'

/**
 * kafkajs as it comes, with eachBatch, its own commits, and the objects that a flow would get: what
 * somebody writes who needs nothing but speed.
 */
export function stock(emit: 'record' | 'batch'): Client {
  let consumer: Consumer | null = null
  return {
    async start(request, onRecords) {
      const kafka = new Kafka({
        brokers: [`localhost:${request.port}`],
        ssl: { ca: readFileSync(request.caFile, 'utf8') },
        sasl: {
          mechanism: 'plain',
          username: request.project,
          password: `${request.accessKeyId}#${request.accessKeySecret}`,
        },
        logLevel: logLevel.NOTHING,
      })
      consumer = kafka.consumer({ groupId: request.group })
      await consumer.connect()
      await consumer.subscribe({ topics: [request.logstore], fromBeginning: true })
      await consumer.run({
        eachBatch: ({ batch }) => {
          const { topic, partition } = batch
          if (emit === 'batch') {
            const records = batch.messages.map(readable)
            const payload = records.map(({ value }) => value)
            sink = { topic, partition, payload, records }
            onRecords(payload.length)
          } else {
            for (const message of batch.messages) {
              const record = readable(message)
              sink = { topic, partition, payload: record.value, ...record }
              onRecords(1)
            }
          }
          return Promise.resolve()
        },
      })
    },
    async stop() {
      await consumer?.disconnect()
    },
  }
}

/** Kept, so that the objects are really made. */
export let sink: unknown = null

interface ReadableRecord {
  offset: string
  key: string | null
  value: string | null
  timestamp: number
}

function readable({ offset, key, value, timestamp }: KafkaMessage): ReadableRecord {
  return {
    offset,
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    timestamp: Number(timestamp),
  }
}
