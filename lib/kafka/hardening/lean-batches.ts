/**
 * kafkajs reads the text of each record's offset into a BigInt, to drop what comes before the offset
 * that was asked for (no upstream issue). Offsets ascend: if the first record is not before it, none is.
 */
interface PartitionData {
  readonly messages: readonly RawRecord[]
  readonly abortedTransactions?: readonly unknown[] | null
}

interface RawRecord {
  readonly offset: string
  readonly isControlRecord: boolean
}

export const file = 'src/consumer/batch.js'

export function rewrite(original: unknown): unknown {
  const Batch = original as new (topic: string, offset: string, data: PartitionData) => object

  return class LeanBatch extends Batch {
    constructor(topic: string, fetchedOffset: string, data: PartitionData) {
      const { messages, abortedTransactions } = data
      const [first] = messages
      const isAsAskedFor =
        first !== undefined &&
        !abortedTransactions?.length &&
        BigInt(first.offset) >= BigInt(fetchedOffset)
      super(topic, fetchedOffset, isAsAskedFor ? { ...data, messages: [] } : data)
      if (!isAsAskedFor) return
      Object.assign(this, {
        rawMessages: messages,
        messagesWithinOffset: messages,
        messages: messages.filter(({ isControlRecord }) => !isControlRecord),
      })
    }
  }
}
