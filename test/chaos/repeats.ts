import { parseToken } from '../../lib/delivery/token'
import type { SinkMessage } from '../support/node-red'
import { keyOf, recordsIn, usualToken } from '../integrity/support/acked'

/** Records of one window with the default of 100 in flight: what one assignment of a shard may repeat. */
export const WINDOW = 1_000

/** An assignment of a shard that repeated more than its window. */
export interface Excess {
  /** When its last record was sent, unix ms. */
  readonly at: number
  readonly shard: number
  readonly repeated: number
}

/**
 * Assignments of which more than a window had been sent before, by whoever had the shard then. Each
 * begins where the group had committed, and nobody may be further ahead of that than a window.
 *
 * @param sent in single messages, by all processes of the group in all their lives
 */
export function beyondWindow(sent: readonly SinkMessage[], window = WINDOW): Excess[] {
  const firstSentIn = new Map<string, string>()
  const repeatedIn = new Map<string, { at: number; shard: number; records: Set<string> }>()
  for (const message of [...sent].sort((one, other) => one.passedAt - other.passedAt)) {
    const token = parseToken(String(usualToken(message)))
    const [record] = recordsIn(message)
    if (!token || record === undefined) continue
    const { membership, shard, assignment: number } = token
    const assignment = `${membership}.${keyOf(shard, String(number))}`
    const first = firstSentIn.get(record)
    if (first === undefined) firstSentIn.set(record, assignment)
    if (first === undefined || first === assignment) continue
    const { records = new Set<string>() } = repeatedIn.get(assignment) ?? {}
    repeatedIn.set(assignment, { at: message.passedAt, shard, records: records.add(record) })
  }
  return [...repeatedIn.values()]
    .filter(({ records }) => records.size > window)
    .map(({ at, shard, records }) => ({ at, shard, repeated: records.size }))
}
