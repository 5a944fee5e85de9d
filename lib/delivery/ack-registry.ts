import type { Delivery } from './delivery'
import type { InFlightRecords } from './in-flight-records'
import type { OnAckProcessor } from './on-ack-processor'
import type { Outcome } from './outcome'
import { PartCounter } from './part-counter'
import type { Token } from './token'

/** What a token names: a record that is not done. */
export interface AckedRecord {
  readonly membership: Pick<InFlightRecords, 'outcomesReported'>
  readonly processor: Pick<OnAckProcessor, 'acked' | 'failed'>
  readonly delivery: Delivery
  readonly attempt: number
}

/** What the registry uses of a membership. */
export type Membership = Pick<InFlightRecords, 'find' | 'failed' | 'stale' | 'outcomesReported'>

/** The memberships of this process whose records are acknowledged, by the id in their tokens. */
const memberships = new Map<string, Membership>()

/** One for the process, because a Batch node gathers messages of several consumers. */
const parts = new PartCounter<AckedRecord>(({ delivery }) => delivery)

/** @returns a function that removes the membership again */
export function registerMembership(id: string, membership: Membership): () => void {
  memberships.set(id, membership)
  return () => {
    memberships.delete(id)
  }
}

/** Passes on what the flow reports. An outcome for a token of no membership is ignored. */
export function reportOutcome(tokens: readonly Token[], outcome: Outcome): void {
  const concerned = new Set<AckedRecord['membership']>()
  const acked: AckedRecord[] = []
  for (const token of tokens) {
    const membership = memberships.get(token.membership)
    if (!membership) continue
    concerned.add(membership)
    const record = membership.find(token)
    const isStale = !record || (outcome.kind === 'ack' && hasFailed(record))
    if (isStale) membership.stale()
    else if (outcome.kind === 'ack') acked.push(record)
    else membership.failed(record, outcome)
  }
  if (outcome.kind === 'ack') {
    // A part counts also if its own record is done already: other records may wait for it.
    const done = outcome.parts ? parts.add(outcome.parts, acked) : acked
    for (const { membership, processor, delivery, attempt } of done) {
      processor.acked(delivery, attempt)
      // Parts can complete records of other consumers than the tokens name.
      concerned.add(membership)
    }
  }
  for (const membership of concerned) membership.outcomesReported()
}

/** Forgets the parts of a delivery that is done or not ours any more. */
export function forgetParts(delivery: Delivery): void {
  parts.forget(delivery)
}

function hasFailed({ delivery, attempt }: AckedRecord): boolean {
  return attempt <= delivery.failedAttempt
}
