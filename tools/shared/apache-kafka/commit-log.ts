import type { Commit } from '../broker'
import type { ServiceAddress } from '../consumer-options'
import { recordsOf, type TopicRecord } from '../topic-records'

/** Where the broker keeps what groups commit, one record for each commit of a partition. */
const OFFSETS_TOPIC = '__consumer_offsets'
/** Keys of these versions are commits; others describe a group's members. */
const COMMIT_KEY_VERSIONS = [0, 1]
/** From this version on the value has the leader's epoch behind the offset. */
const WITH_LEADER_EPOCH = 3
/** From this version on, Kafka 4's, the length of a text is a varint. */
const COMPACT = 4

interface OffsetsBroker extends ServiceAddress {
  endOffsets(topic: string): Promise<string[]>
}

/** What a group has committed for a topic so far, oldest first, from the broker's own log of it. */
export async function commitsOf(
  broker: OffsetsBroker,
  group: string,
  topic: string,
): Promise<Commit[]> {
  const records = await recordsOf(broker, OFFSETS_TOPIC, await broker.endOffsets(OFFSETS_TOPIC))
  return records
    .flatMap((record) => parsed(record) ?? [])
    .filter((commit) => commit.group === group && commit.topic === topic)
    .map(({ time, shard, offset }) => ({ time, shard, offset }))
}

/** Null for what is no commit: members of a group, and commits that were deleted. */
function parsed({ message }: TopicRecord): (Commit & { group: string; topic: string }) | null {
  if (message.key === null || message.value === null) return null
  const key = new Cursor(message.key)
  if (!COMMIT_KEY_VERSIONS.includes(key.int16())) return null
  const [group, topic, shard] = [key.string(), key.string(), key.int32()]
  const value = new Cursor(message.value)
  const version = value.int16()
  const offset = String(value.int64())
  if (version >= WITH_LEADER_EPOCH) value.int32()
  // The client's own note.
  if (version >= COMPACT) value.compactString()
  else value.string()
  return { group, topic, shard, offset, time: Number(value.int64()) }
}

/** Reads the broker's own encoding, big-endian throughout. */
class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#step(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#step(4))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#step(8))
  }

  string(): string {
    const length = this.int16()
    return this.#bytes.toString('utf8', this.#step(length), this.#at)
  }

  compactString(): string {
    // Zero stands for null, and every length is one greater.
    const length = Math.max(0, this.#varint() - 1)
    return this.#bytes.toString('utf8', this.#step(length), this.#at)
  }

  #varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#step(1))
      value += (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  #step(length: number): number {
    const from = this.#at
    this.#at += length
    return from
  }
}
