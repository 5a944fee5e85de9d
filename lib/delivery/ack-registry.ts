import type { Delivery } from './delivery'
import type { InFlightRecords } from './in-flight-records'
import type { OnAckProcessor } from './on-ack-processor'
import type { Outcome } from './outcome'
import { PartCounter } from './part-counter'
import type { Token } from './token'

/** A record that is not done, as its token names it. */
export interface AckedRecord {
  readonly membership: Pick<InFlightRecords, 'outcomesReported'>
  readonly processor: Pick<OnAckProcessor, 'acked' | 'failed'>
  readonly delivery: Delivery
  readonly attempt: number
}

/** The part of a membership that the registry uses. */
export type AckedMembership = Pick<
  InFlightRecords,
  'find' | 'failed' | 'stale' | 'outcomesReported'
>

/** The memberships of this process with `commit: onAck`, by the id in their tokens. */
const memberships = new Map<string, AckedMembership>()

/** One counter serves the whole process, because a Batch node gathers messages of several consumers. */
const parts = new PartCounter<AckedRecord>(({ delivery }) => delivery)

/** @returns a function that removes the membership again */
export function registerMembership(id: string, membership: AckedMembership): () => void {
  memberships.set(id, membership)
  return () => {
    memberships.delete(id)
  }
}

/** Passes an outcome to the memberships that the tokens name. Ignores tokens of unknown memberships. */
export function reportOutcome(tokens: readonly Token[], outcome: Outcome): void {
  let acked: AckedRecord[] | null = null
  let concerned: AckedRecord['membership'] | null = null
  for (const token of tokens) {
    const membership = memberships.get(token.membership)
    if (!membership) continue
    if (concerned !== membership) concerned?.outcomesReported()
    concerned = membership
    const record = membership.find(token)
    const isStale = !record || (outcome.kind === 'ack' && hasFailed(record))
    if (isStale) membership.stale()
    else if (outcome.kind === 'ack') {
      // Most reports have one record. `push` makes room for 17.
      if (acked) acked.push(record)
      else acked = [record]
    } else membership.failed(record, outcome)
  }
  if (outcome.kind === 'ack') {
    // A part also counts if its own record is done already: other records can wait for it.
    const done = outcome.parts ? parts.add(outcome.parts, acked ?? []) : (acked ?? [])
    for (const { membership, processor, delivery, attempt } of done) {
      // Parts can complete records of other consumers than the tokens name.
      if (concerned !== membership) concerned?.outcomesReported()
      concerned = membership
      processor.acked(delivery, attempt)
    }
  }
  concerned?.outcomesReported()
}

/** Forgets the parts of a delivery that is done, or whose shard this consumer no longer owns. */
export function forgetParts(delivery: Delivery): void {
  parts.forget(delivery)
}

function hasFailed({ delivery, attempt }: AckedRecord): boolean {
  return attempt <= delivery.failedAttempt
}
