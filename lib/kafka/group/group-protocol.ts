import { ByteCursor } from '../records/byte-cursor'

/**
 * What the members of a group send each other through the service, in the format of Kafka's own consumer
 * (ConsumerProtocol). Version 0 is what every client reads; later versions add fields at the end.
 */
const VERSION = 0

/** The topics that a member subscribes to, as the metadata of its JoinGroup request. */
export function encodeSubscription(topics: readonly string[]): Buffer {
  return Buffer.concat([
    int16(VERSION),
    int32(topics.length),
    ...topics.map(string),
    // User data: empty and not null, because older clients cannot read null.
    int32(0),
  ])
}

/** @returns the topics of a member; null for bytes that are not a subscription. Never throws */
export function decodeSubscription(bytes: Buffer): readonly string[] | null {
  try {
    const cursor = new ByteCursor(bytes)
    readVersion(cursor)
    const topics: string[] = []
    for (let left = cursor.int32(); left > 0; left--) topics.push(readString(cursor))
    return topics
  } catch {
    return null
  }
}

/** The shards of a member, by topic, as the leader of the group sends it. */
export function encodeAssignment(byTopic: ReadonlyMap<string, readonly number[]>): Buffer {
  const chunks = [int16(VERSION), int32(byTopic.size)]
  for (const [topic, shards] of byTopic) {
    const numbers = Buffer.allocUnsafe(4 * shards.length)
    shards.forEach((shard, index) => numbers.writeInt32BE(shard, 4 * index))
    chunks.push(string(topic), int32(shards.length), numbers)
  }
  chunks.push(int32(0))
  return Buffer.concat(chunks)
}

/**
 * @returns shards by topic; an empty map for an empty buffer, which a member without shards may get
 * @throws Error for bytes that are not an assignment
 */
export function decodeAssignment(bytes: Buffer): ReadonlyMap<string, readonly number[]> {
  const byTopic = new Map<string, number[]>()
  if (bytes.length === 0) return byTopic
  try {
    const cursor = new ByteCursor(bytes)
    readVersion(cursor)
    for (let topics = cursor.int32(); topics > 0; topics--) {
      const topic = readString(cursor)
      const shards = byTopic.get(topic) ?? []
      for (let left = cursor.int32(); left > 0; left--) shards.push(cursor.int32())
      byTopic.set(topic, shards)
    }
    return byTopic
  } catch (error) {
    throw new Error('the assignment of the group leader cannot be read', { cause: error })
  }
}

function readVersion(cursor: ByteCursor): void {
  const version = cursor.int16()
  if (version < 0) throw new RangeError(`version ${version}`)
}

function readString(cursor: ByteCursor): string {
  const bytes = cursor.slice(cursor.int16())
  if (!bytes) throw new RangeError('null in the place of a name')
  return bytes.toString('utf8')
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([int16(bytes.length), bytes])
}
