import type { ErrorCode } from '../protocol/error-codes'

/** The effect of a fault on a request. */
export type FaultAction =
  /** The request is not served, and the response has an error. With a shard: for this shard only. */
  | {
      readonly kind: 'error'
      readonly error: ErrorCode
      readonly scope: ErrorScope | undefined
      readonly logstore: string | undefined
      readonly shard: number | undefined
    }
  /** The request is served later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The request is served at once, and the response is sent later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** The request is served, and the response is lost. */
  | { readonly kind: 'drop' }
  /** The connection becomes half-open: it accepts bytes and sends nothing. */
  | { readonly kind: 'freeze' }
  /** The response is sent in pieces of `bytes`, `ms` apart. */
  | { readonly kind: 'drip'; readonly ms: number; readonly bytes: number }
  /** The response has the right length and correlation id, and every later byte is inverted. */
  | { readonly kind: 'garble' }
  /** The connection closes without a response. */
  | { readonly kind: 'close' }
  /** The response is these bytes, which are not Kafka. */
  | { readonly kind: 'nonsense'; readonly bytes: Buffer }
  /** The response has this length and consists of zeros, sent as fast as the client reads them. */
  | { readonly kind: 'flood'; readonly length: number }
  /** The response has a throttle time, which the emulator does not enforce. */
  | { readonly kind: 'throttle'; readonly ms: number }

/**
 * Where in the response an error stands: once for the whole response, or at each logstore or shard.
 * Without a scope: where the API has it by default, see `Api.refuse`.
 */
export const ERROR_SCOPES = ['response', 'shards'] as const
export type ErrorScope = (typeof ERROR_SCOPES)[number]

export interface Fault {
  readonly action: FaultAction
  /** Names of APIs; empty for all APIs. */
  readonly apis: readonly string[]
  /** A part of the client id. */
  readonly clientId: string
  /** The number of requests; Infinity until the faults are cleared. */
  readonly times: number
}

/** A fault in force, and how often it was applied. */
export class ActiveFault {
  readonly fault: Fault
  #applied = 0

  constructor(fault: Fault) {
    this.fault = fault
  }

  get timesApplied(): number {
    return this.#applied
  }

  isFor(api: string, clientId: string): boolean {
    const { apis } = this.fault
    return (apis.length === 0 || apis.includes(api)) && clientId.includes(this.fault.clientId)
  }

  /** Uses the fault for one more request; returns whether it was still to be used. */
  apply(): boolean {
    if (this.#applied >= this.fault.times) return false
    this.#applied += 1
    return true
  }
}
