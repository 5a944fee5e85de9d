/**
 * kafkajs reads the text of each record's offset into a BigInt, to drop what comes before the offset
 * that was asked for, and looks for control records (no upstream issue). Our reader has left both out
 * (record-batches.ts): what it gives is what was asked for.
 */
interface PartitionData {
  readonly messages: readonly unknown[]
}

export const file = 'src/consumer/batch.js'

export function rewrite(original: unknown): unknown {
  const Batch = original as new (topic: string, offset: string, data: PartitionData) => object

  return class LeanBatch extends Batch {
    constructor(topic: string, fetchedOffset: string, data: PartitionData) {
      const { messages } = data
      super(topic, fetchedOffset, { ...data, messages: [] })
      Object.assign(this, { rawMessages: messages, messagesWithinOffset: messages, messages })
    }
  }
}
