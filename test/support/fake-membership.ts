import type { AckedMembership, AckedRecord } from '../../lib/delivery/ack-registry'
import type { Delivery } from '../../lib/delivery/delivery'
import type { Failure } from '../../lib/delivery/outcome'

/** What a test sees of the outcomes that the ack registry passes on. */
export interface OutcomeListener {
  /** Default: always. */
  readonly isUndone?: (recordNumber: number) => boolean
  readonly acked: (recordNumber: number) => void
  readonly failed?: (recordNumber: number, failure: Failure) => void
}

/** A membership that has any record that a token names. */
export function fakeMembership({
  isUndone = () => true,
  acked,
  failed = () => undefined,
}: OutcomeListener): AckedMembership {
  const known = new Map<number, Delivery>()
  const processor: AckedRecord['processor'] = {
    acked: ({ recordNumber }) => {
      acked(recordNumber)
    },
    failed: () => true,
  }
  return {
    find: ({ recordNumber, attempt }) => {
      if (!isUndone(recordNumber)) return null
      const delivery = known.get(recordNumber) ?? ({ recordNumber, failedAttempt: 0 } as Delivery)
      known.set(recordNumber, delivery)
      return { membership: { outcomesReported: () => undefined }, processor, delivery, attempt }
    },
    failed: ({ delivery }, failure) => {
      failed(delivery.recordNumber, failure)
    },
    stale: () => undefined,
    outcomesReported: () => undefined,
  }
}
