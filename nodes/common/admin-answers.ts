import type { ErrorCode } from '../../lib/errors'
import type { Problem } from '../../lib/config/problem'
import type { NetworkReason } from '../../lib/sls/network-reason'

/**
 * Everything by which the admin endpoints refuse a request. Like all their answers, codes: the edit
 * dialog has the texts, and the names that belong into them.
 */
export const REFUSALS = [
  'not-allowed',
  'foreign-origin',
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
  /** With `foreign-origin`: that of the page, and what of settings.js allows it. */
  readonly origin?: string
  readonly setting?: 'slsKafka.allowedOrigins'
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

/** Why something could not be found out. */
export interface FailureAnswer {
  readonly failure: { readonly code: ErrorCode; readonly reason: NetworkReason }
}

export interface LogstoresAnswer {
  /** By name; none where the AccessKey may not list them. */
  readonly logstores: readonly { readonly name: string; readonly shards: number }[]
}

export interface PositionAnswer {
  /** Shards for which the group has committed an offset. */
  readonly committed: number
  /** Shards of the logstore. */
  readonly shards: number
}

/** First line of the preview of a virtual topic. */
export interface FilterAnswer {
  /** The SPL statement that the service applies. */
  readonly filter: string
}

/** One message of a preview. */
export interface PreviewAnswer {
  readonly partition: number
  readonly offset: string
  /** Encoded as for the debug sidebar; null if it is too large to be shown. */
  readonly shown: { readonly msg: string; readonly format: string } | null
  /** Set if the record cannot be decoded. */
  readonly problem?: ErrorCode
}
