import { ErrorCode } from '../protocol/error-codes'
import type { ActiveFault, FaultAction } from './fault'

/** What is about to be served: a request as a whole, or one logstore or shard of it. */
export interface Scope {
  readonly logstore?: string
  readonly shard?: number
}

/**
 * An error that one request is to be answered with. Only its API knows where in the answer it
 * belongs, and whether the request concerns the shard at all: until then the fault is not used up.
 */
export class Refusal {
  private readonly fault: ActiveFault
  private readonly action: FaultAction & { readonly kind: 'error' }
  private isApplied = false

  constructor(fault: ActiveFault, action: FaultAction & { readonly kind: 'error' }) {
    this.fault = fault
    this.action = action
  }

  errorFor({ logstore, shard }: Scope): ErrorCode {
    const { action } = this
    const isMeant = (action.logstore ?? logstore) === logstore && (action.shard ?? shard) === shard
    if (!isMeant) return ErrorCode.NONE
    this.isApplied ||= this.fault.apply()
    return this.isApplied ? action.error : ErrorCode.NONE
  }
}

/** NONE: nothing stands against it. */
export function refusalOf(refusals: readonly Refusal[], scope: Scope): ErrorCode {
  const errors = refusals.map((refusal) => refusal.errorFor(scope))
  return errors.find((error) => error !== ErrorCode.NONE) ?? ErrorCode.NONE
}
