interface Subscription {
  readonly memberId: string
  readonly topics: readonly string[]
}

/**
 * Kafka's standard `range` assignment: each topic is divided among the members that subscribe to it, so
 * that the members of a group can read different logstores and share it with other Kafka clients.
 *
 * @param shardsOf ascending, by topic
 * @returns one entry for each member, also if it gets nothing
 */
export function assignRanges(
  subscriptions: readonly Subscription[],
  shardsOf: ReadonlyMap<string, readonly number[]>,
): { memberId: string; assignment: Record<string, number[]> }[] {
  const assignments = new Map(
    subscriptions.map(({ memberId }): [string, Record<string, number[]>] => [memberId, {}]),
  )
  for (const [topic, shards] of shardsOf) {
    const members = subscriptions
      .filter(({ topics }) => topics.includes(topic))
      .map(({ memberId }) => memberId)
      .sort()
    let next = 0
    members.forEach((memberId, index) => {
      const extra = index < shards.length % members.length ? 1 : 0
      const end = next + Math.floor(shards.length / members.length) + extra
      const assignment = assignments.get(memberId)
      if (assignment) assignment[topic] = shards.slice(next, end)
      next = end
    })
  }
  return [...assignments].map(([memberId, assignment]) => ({ memberId, assignment }))
}
