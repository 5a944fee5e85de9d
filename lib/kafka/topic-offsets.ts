/** Offsets of one topic as kafkajs takes and gives them: decimal text, never a JS number. */
export interface TopicOffsets {
  topic: string
  partitions: { partition: number; offset: string }[]
}

export function topicOffsets(topic: string, offsets: ReadonlyMap<number, bigint>): TopicOffsets {
  const partitions = [...offsets].map(([partition, offset]) => ({
    partition,
    offset: String(offset),
  }))
  return { topic, partitions }
}
