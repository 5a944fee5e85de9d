import { Kafka, logLevel, type KafkaMessage } from 'kafkajs'
import type { ServiceAddress } from './consumer-options'

export interface TopicRecord {
  readonly partition: number
  readonly message: KafkaMessage
}

const READ_MS = 30_000

/** A client that shares nothing with what is tested: not its patches, not its group. */
function plainClient(service: ServiceAddress): Kafka {
  const { port, ca, project, accessKeyId, accessKeySecret } = service
  return new Kafka({
    clientId: 'test',
    brokers: [`localhost:${port}`],
    ssl: { ca: [ca] },
    sasl: {
      mechanism: 'plain',
      username: project,
      password: `${accessKeyId}#${accessKeySecret}`,
    },
    logLevel: logLevel.NOTHING,
  })
}

/**
 * All records of a topic up to its present end, in order within their partition.
 *
 * @param ends the offset after the last record, by partition
 */
export async function recordsOf(
  service: ServiceAddress,
  topic: string,
  ends: readonly string[],
): Promise<TopicRecord[]> {
  const kafka = plainClient(service)
  const unread = await unreadPartitions(kafka, topic, ends)
  if (unread.size === 0) return []
  const records: TopicRecord[] = []
  const consumer = kafka.consumer({ groupId: `reads-all-of-${topic}`, maxWaitTimeInMs: 100 })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => {
        reject(new Error(`${records.length} records of ${topic} in ${READ_MS} ms`))
      }, READ_MS).unref()
      void consumer.run({
        autoCommit: false,
        eachMessage: ({ partition, message }) => {
          const end = BigInt(ends[partition] ?? 0)
          const offset = BigInt(message.offset)
          if (offset < end) records.push({ partition, message })
          if (offset + 1n >= end) unread.delete(partition)
          if (unread.size === 0) resolve()
          return Promise.resolve()
        },
      })
    })
  } finally {
    await consumer.disconnect()
  }
  return records
}

/** The partitions that hold anything. */
async function unreadPartitions(
  kafka: Kafka,
  topic: string,
  ends: readonly string[],
): Promise<Set<number>> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const offsets = await admin.fetchTopicOffsets(topic)
    const filled = offsets.filter(
      ({ partition, low }) => BigInt(ends[partition] ?? 0) > BigInt(low),
    )
    return new Set(filled.map(({ partition }) => partition))
  } finally {
    await admin.disconnect()
  }
}
