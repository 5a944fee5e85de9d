/** How many there are, as kafkajs lists them by topic. */
export function shardCount(topics: readonly { partitions: number[] }[]): number {
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0)
}
