import { membershipHooksOf } from './membership-hooks'

/**
 * When a position is out of range, kafkajs commits the special offset -1 or -2 for it, even where the
 * caller commits by himself (tulios/kafkajs#1119, #1144, pull request #1133). Whether SLS takes a
 * negative offset is unknown; a group should never hold one. Instead the real offset is looked up and
 * becomes the position, and nothing is committed. The membership is told, because it would take records
 * from before its last position for repeats.
 */
interface OffsetManagerInternals {
  cluster: {
    fetchTopicsOffset(
      topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
    ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>
  }
  topicConfigurations: Record<string, { fromBeginning: boolean }>
  resolvedOffsets: Record<string, Record<number, string>>
}

interface TopicPartition {
  topic: string
  partition: number
}

export const file = 'src/consumer/offsetManager/index.js'
export const methods = ['setDefaultOffset']

export function rewrite(original: unknown): unknown {
  const OffsetManager = original as new (...args: unknown[]) => OffsetManagerInternals

  return class ResettingOffsetManager extends OffsetManager {
    async setDefaultOffset({ topic, partition }: TopicPartition): Promise<void> {
      const fromBeginning = this.topicConfigurations[topic]?.fromBeginning ?? true
      const wanted = [{ topic, partitions: [{ partition }], fromBeginning }]
      const [answer] = await this.cluster.fetchTopicsOffset(wanted)
      const offset = answer?.partitions[0]?.offset
      const positions = this.resolvedOffsets[topic]
      if (offset === undefined || !positions) return
      const lost = positions[partition] ?? ''
      positions[partition] = offset
      membershipHooksOf(this.cluster)?.onPositionReset({ shard: partition, lost, found: offset })
    }
  }
}
