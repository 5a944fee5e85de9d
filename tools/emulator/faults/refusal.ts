import { ErrorCode } from '../protocol/error-codes'
import type { ActiveFault, ErrorScope, FaultAction } from './fault'

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
  readonly #fault: ActiveFault
  readonly #action: FaultAction & { readonly kind: 'error' }
  readonly #onApplied: () => void
  #isApplied = false

  /** @param onApplied called when the request meets the error, perhaps once for each of its shards */
  constructor(
    fault: ActiveFault,
    action: FaultAction & { readonly kind: 'error' },
    onApplied: () => void,
  ) {
    this.#fault = fault
    this.#action = action
    this.#onApplied = onApplied
  }

  /** Whether the fault asks for the error of the response as a whole. */
  get isOfResponse(): boolean {
    return this.#action.scope === 'response'
  }

  errorFor({ logstore, shard }: Scope): ErrorCode {
    const action = this.#action
    const isMeant =
      (action.logstore ?? logstore) === logstore &&
      (action.shard ?? shard) === shard &&
      (action.scope ?? scopeOf(logstore)) === scopeOf(logstore)
    if (!isMeant) return ErrorCode.NONE
    this.#isApplied ||= this.#fault.apply()
    if (!this.#isApplied) return ErrorCode.NONE
    this.#onApplied()
    return action.error
  }
}

function scopeOf(logstore: string | undefined): ErrorScope {
  return logstore === undefined ? 'response' : 'shards'
}

/** NONE: nothing stands against it. */
export function refusalOf(refusals: readonly Refusal[], scope: Scope): ErrorCode {
  const errors = refusals.map((refusal) => refusal.errorFor(scope))
  return errors.find((error) => error !== ErrorCode.NONE) ?? ErrorCode.NONE
}
