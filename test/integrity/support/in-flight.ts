import { recordsIn } from '../../../tools/shared/integrity/acked'
import type { TestedFlow } from '../../../tools/shared/integrity/flow'

/**
 * The most records that the flow ever held at once: sent and not yet about to reach an ack node. A
 * record counts from when it was first seen, so that this is never more than what the node counts.
 */
export function mostInFlight(flow: TestedFlow): number {
  const { finished } = flow
  const firstSeen = new Map<string, number>()
  for (const message of flow.records) {
    for (const record of recordsIn(message)) {
      if (!firstSeen.has(record)) firstSeen.set(record, message.passedAt)
    }
  }
  const changes = [
    ...[...firstSeen.values()].map((time) => ({ time, by: 1 })),
    ...[...finished.values()].map((time) => ({ time, by: -1 })),
  ]
  // In one and the same millisecond, what ended made room for what began.
  changes.sort((a, b) => a.time - b.time || a.by - b.by)
  let inFlight = 0
  let most = 0
  for (const { by } of changes) {
    inFlight += by
    most = Math.max(most, inFlight)
  }
  return most
}
