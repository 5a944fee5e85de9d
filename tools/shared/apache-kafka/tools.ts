import { Kafka, logLevel, type Admin, type Message, type Producer } from 'kafkajs'
import { waitUntil } from '../polling'

export interface ToolsAddress {
  /** `host:port` of brokers to start from. */
  readonly bootstraps: readonly string[]
  /** PEM. */
  readonly ca: string
  readonly project: string
  readonly password: string
}

interface GroupMember {
  readonly memberId: string
  readonly clientId: string
  readonly clientHost: string
}

/** What tests do to Apache Kafka, by a client that shares no code with the client under test. */
export interface Tools {
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
  /** Node ids, by partition; -1 for none. */
  leaders(topic: string): Promise<number[]>
  /** Node ids of the brokers whose copies are up to date, by partition. */
  inSyncReplicas(topic: string): Promise<number[][]>
}

/** A broker takes at most 1 MiB in one batch. */
const BATCH_BYTES = 512 * 1024
const BATCH_RECORDS = 5_000
const LEADERS_MS = 20_000

/** @param replicas copies of each partition of a topic that is created */
export async function connectTools(
  { bootstraps, ca, project, password }: ToolsAddress,
  replicas: number,
): Promise<Tools & { disconnect(): Promise<void> }> {
  const kafka = new Kafka({
    clientId: 'test',
    brokers: [...bootstraps],
    ssl: { ca: [ca] },
    sasl: { mechanism: 'plain', username: project, password },
    logLevel: logLevel.NOTHING,
  })
  const admin = kafka.admin()
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  const disconnect = async (): Promise<void> => {
    await Promise.allSettled([producer.disconnect(), admin.disconnect()])
  }
  try {
    await Promise.all([admin.connect(), producer.connect()])
  } catch (error) {
    await disconnect()
    throw error
  }
  return {
    createTopic: (name, partitions) => createTopic(admin, name, partitions, replicas),
    produce: (topic, partition, lines) => produce(producer, topic, partition, lines),
    endOffsets: (topic) => endOffsets(admin, topic),
    committed: (group, topic) => committed(admin, group, topic),
    members: (group) => members(admin, group),
    leaders: async (topic) => (await partitionsOf(admin, topic)).map(({ leader }) => leader),
    inSyncReplicas: async (topic) => (await partitionsOf(admin, topic)).map(({ isr }) => isr),
    disconnect,
  }
}

async function createTopic(
  admin: Admin,
  topic: string,
  numPartitions: number,
  replicationFactor: number,
): Promise<void> {
  const created = await admin.createTopics({
    // kafkajs fails if it asks a broker that has not heard of the topic yet.
    waitForLeaders: false,
    topics: [{ topic, numPartitions, replicationFactor }],
  })
  if (!created) throw new Error(`The topic ${topic} exists already`)
  let leaders = 0
  const haveLeaders = async (): Promise<boolean> => {
    const partitions = await partitionsOf(admin, topic).catch(() => [])
    leaders = partitions.filter(({ leader }) => leader >= 0).length
    return leaders === numPartitions
  }
  await waitUntil(haveLeaders, () => `${topic} has ${leaders} leaders`, { timeoutMs: LEADERS_MS })
}

async function partitionsOf(
  admin: Admin,
  topic: string,
): Promise<{ readonly leader: number; readonly isr: number[] }[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics.flatMap((found) => found.partitions)
  return partitions.sort((one, other) => one.partitionId - other.partitionId)
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
