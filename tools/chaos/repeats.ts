import { parseToken } from '../../lib/delivery/token'
import type { SinkMessage } from '../shared/node-red'
import { keyOf, recordsIn, usualToken } from '../shared/integrity/acked'

/** The in-flight window with the default of 100 in flight; one assignment can repeat as many records. */
const WINDOW = 1_000

/** An assignment of a shard that repeated more records than its window. */
export interface Excess {
  /** The time at which its last record was sent, unix ms. */
  readonly at: number
  readonly shard: number
  readonly repeated: number
}

/**
 * Finds assignments that repeated more records than a window. An assignment begins at the committed offset,
 * and the previous owner of the shard can have sent at most one window beyond that offset.
 *
 * @param sent the single messages of all processes of the group, from before and after restarts
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
