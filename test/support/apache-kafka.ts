import { Kafka, logLevel, type Admin, type Message, type Producer } from 'kafkajs'
import { startBroker } from './apache-kafka/broker'
import { createCertificate } from './apache-kafka/certificate'

export interface ApacheKafkaOptions {
  /** Default test-project. */
  readonly project?: string
  readonly accessKeyId?: string
  readonly accessKeySecret?: string
  /**
   * How long a new group waits for more members before its first rebalance ends. Default 0;
   * Kafka's own default is 3,000 ms, and a member that joins in this time is a pending one.
   */
  readonly initialRebalanceDelayMs?: number
}

export interface GroupMember {
  readonly memberId: string
  readonly clientId: string
  readonly clientHost: string
}

export interface ApacheKafka {
  /** The client listener, SASL_SSL with PLAIN, on localhost. */
  readonly port: number
  /** `localhost:port`, which is also what the broker advertises. */
  readonly bootstrap: string
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca: string
  /** The username; the password is `accessKeyId#accessKeySecret`. */
  readonly project: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Resolves when all partitions have a leader. */
  createTopic(name: string, partitions: number): Promise<void>
  /** Appends the lines, in this order, to one partition; a line may also be a whole kafkajs message. */
  produce(topic: string, partition: number, lines: readonly (string | Message)[]): Promise<void>
  /** The offset after the last record, by partition. */
  endOffsets(topic: string): Promise<string[]>
  /** What the group has committed, by partition; null where nothing is. */
  committed(group: string, topic: string): Promise<(string | null)[]>
  /** Members of the group as the broker knows them, also those whose process is gone. */
  members(group: string): Promise<GroupMember[]>
  /** The broker's output so far. */
  logs(): readonly string[]
  /** Ends the broker and throws its data away. */
  stop(): Promise<void>
}

/** A broker takes at most 1 MiB in one batch. */
const BATCH_BYTES = 512 * 1024
const BATCH_RECORDS = 5_000

/** Starts a single Apache Kafka broker on loopback that looks like an SLS project to clients. */
export async function startApacheKafka(options: ApacheKafkaOptions = {}): Promise<ApacheKafka> {
  const {
    project = 'test-project',
    accessKeyId = 'test-id',
    accessKeySecret = 'test-secret',
    initialRebalanceDelayMs = 0,
  } = options
  const password = `${accessKeyId}#${accessKeySecret}`
  const certificate = await createCertificate(project)
  const broker = await startBroker({ certificate, project, password, initialRebalanceDelayMs })
  const bootstrap = `localhost:${broker.port}`
  const kafka = new Kafka({
    clientId: 'test',
    brokers: [bootstrap],
    ssl: { ca: [certificate.cert] },
    sasl: { mechanism: 'plain', username: project, password },
    logLevel: logLevel.NOTHING,
  })
  const admin = kafka.admin()
  const producer = kafka.producer({ allowAutoTopicCreation: false })

  async function stop(): Promise<void> {
    await Promise.allSettled([producer.disconnect(), admin.disconnect()])
    await broker.stop()
  }

  try {
    await Promise.all([admin.connect(), producer.connect()])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    port: broker.port,
    bootstrap,
    ca: certificate.cert,
    project,
    accessKeyId,
    accessKeySecret,
    createTopic: (name, partitions) => createTopic(admin, name, partitions),
    produce: (topic, partition, lines) => produce(producer, topic, partition, lines),
    endOffsets: (topic) => endOffsets(admin, topic),
    committed: (group, topic) => committed(admin, group, topic),
    members: (group) => members(admin, group),
    logs: () => broker.logs(),
    stop,
  }
}

async function createTopic(admin: Admin, topic: string, numPartitions: number): Promise<void> {
  const created = await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions, replicationFactor: 1 }],
  })
  if (!created) throw new Error(`The topic ${topic} exists already`)
}

async function produce(
  producer: Producer,
  topic: string,
  partition: number,
  lines: readonly (string | Message)[],
): Promise<void> {
  for (const batch of batches(lines)) {
    const messages = batch.map((message) => ({ ...message, partition }))
    await producer.send({ topic, acks: -1, messages })
  }
}

function* batches(lines: readonly (string | Message)[]): Generator<Message[]> {
  let batch: Message[] = []
  let bytes = 0
  for (const line of lines) {
    const message = typeof line === 'string' ? { value: line } : line
    const size = Buffer.byteLength(message.value ?? '')
    if (batch.length === BATCH_RECORDS || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(message)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

async function endOffsets(admin: Admin, topic: string): Promise<string[]> {
  const partitions = await admin.fetchTopicOffsets(topic)
  return partitions.sort((a, b) => a.partition - b.partition).map(({ high }) => high)
}

async function committed(admin: Admin, groupId: string, topic: string): Promise<(string | null)[]> {
  const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] })
  const partitions = answer?.partitions ?? []
  return partitions
    .sort((a, b) => a.partition - b.partition)
    .map(({ offset }) => (offset === '-1' ? null : offset))
}

async function members(admin: Admin, group: string): Promise<GroupMember[]> {
  const { groups } = await admin.describeGroups([group])
  return groups.flatMap((description) =>
    description.members.map(({ memberId, clientId, clientHost }) => ({
      memberId,
      clientId,
      clientHost,
    })),
  )
}
