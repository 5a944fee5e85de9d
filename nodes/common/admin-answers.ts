import type { ErrorCode } from '../../lib/errors'
import type { Problem } from '../../lib/options/problem'
import type { NetworkReason } from '../../lib/sls/network-reason'

/**
 * Everything by which the admin endpoints refuse a request. Like all their answers, codes: the edit
 * dialog has the texts, and the names that belong into them.
 */
export const REFUSALS = [
  'not-allowed',
  'request-invalid',
  'request-too-large',
  'busy',
  'too-many',
  'settings-invalid',
  'secret-needed',
  'tls-not-deployed',
  'failed',
] as const

export type RefusalCode = (typeof REFUSALS)[number]

export interface RefusalAnswer {
  readonly refusal: RefusalCode
  /** With `settings-invalid`; without the values, which may come from the server's environment. */
  readonly problems?: readonly Problem[]
}

/** One line of the answer to a connection test: what a step has come to. */
export interface StepAnswer {
  readonly step: string
  /** Milliseconds. */
  readonly took: number
  /** How many shards the logstore has; of its step only. */
  readonly shards?: number
  readonly failure?: { readonly code: ErrorCode; readonly reason: NetworkReason }
}
