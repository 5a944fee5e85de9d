import type { AckedRecord, Membership } from '../../lib/delivery/ack-registry'
import type { Delivery } from '../../lib/delivery/delivery'
import type { Failure } from '../../lib/delivery/outcome'

/** What a test sees of the outcomes that the ack registry passes on. */
export interface OutcomeListener {
  /** Default: always. */
  readonly isUndone?: (position: number) => boolean
  readonly acked: (position: number) => void
  readonly failed?: (position: number, failure: Failure) => void
}

/** A membership that has any record that a token names. */
export function fakeMembership({
  isUndone = () => true,
  acked,
  failed = () => undefined,
}: OutcomeListener): Membership {
  const known = new Map<number, Delivery>()
  const processor: AckedRecord['processor'] = {
    acked: ({ position }) => {
      acked(position)
    },
    failed: () => true,
  }
  return {
    find: ({ position, attempt }) => {
      if (!isUndone(position)) return null
      const delivery = known.get(position) ?? ({ position, failedAttempt: 0 } as Delivery)
      known.set(position, delivery)
      return { membership: { outcomesReported: () => undefined }, processor, delivery, attempt }
    },
    failed: ({ delivery }, failure) => {
      failed(delivery.position, failure)
    },
    stale: () => undefined,
    outcomesReported: () => undefined,
  }
}
