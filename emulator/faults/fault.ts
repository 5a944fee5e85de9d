import type { ErrorCode } from '../protocol/error-codes'

/** What a fault does to the requests that it is for. */
export type FaultAction =
  /** Answered with an error; what was asked for is not done. With a shard: for this shard only. */
  | {
      readonly kind: 'error'
      readonly error: ErrorCode
      readonly scope: ErrorScope | undefined
      readonly logstore: string | undefined
      readonly shard: number | undefined
    }
  /** Served so much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Served at once, and the answer is sent so much later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Served, but the answer is lost. */
  | { readonly kind: 'drop' }
  /** The connection takes bytes from now on and answers nothing more, as a half-open one. */
  | { readonly kind: 'freeze' }
  /** Answered with so many bytes at a time, `ms` apart. */
  | { readonly kind: 'drip'; readonly ms: number; readonly bytes: number }
  /** Answered in the right length with the right correlation id, and every byte after it inverted. */
  | { readonly kind: 'garble' }
  /** The connection closes without an answer. */
  | { readonly kind: 'close' }
  /** Answered with these bytes, which are no Kafka. */
  | { readonly kind: 'nonsense'; readonly bytes: Buffer }
  /** Answered with so many zeros, sent for as long as the client takes them. */
  | { readonly kind: 'flood'; readonly length: number }
  /** The answer asks the client for a rest. It is told only, not enforced. */
  | { readonly kind: 'throttle'; readonly ms: number }

/**
 * Where in the response an error stands: once for the whole response, or at each logstore or shard.
 * Without a scope: where the API has it by default, see `Api.refuse`.
 */
export const ERROR_SCOPES = ['response', 'shards'] as const
export type ErrorScope = (typeof ERROR_SCOPES)[number]

export interface Fault {
  readonly action: FaultAction
  /** Names of APIs; empty: all. */
  readonly apis: readonly string[]
  /** For clients whose id contains this. */
  readonly clientId: string
  /** For so many requests; Infinity: until the faults are cleared. */
  readonly times: number
}

/** A fault that is in force, and how often it has been. */
export class ActiveFault {
  readonly fault: Fault
  private applied = 0

  constructor(fault: Fault) {
    this.fault = fault
  }

  get timesApplied(): number {
    return this.applied
  }

  isFor(api: string, clientId: string): boolean {
    const { apis } = this.fault
    return (apis.length === 0 || apis.includes(api)) && clientId.includes(this.fault.clientId)
  }

  /** Uses the fault for one more request; returns whether it was still to be used. */
  apply(): boolean {
    if (this.applied >= this.fault.times) return false
    this.applied += 1
    return true
  }
}
