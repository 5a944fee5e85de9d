import type { ErrorCode, ErrorParams } from '../../lib/errors'
import type { Problem } from '../../lib/config/problem'
import type { NetworkReason } from '../../lib/sls/network-reason'

/** The codes with which an admin endpoint refuses a request. The edit dialog has the texts of the codes. */
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
  'tls-changed',
  'tls-files',
  'failed',
] as const

export type RefusalCode = (typeof REFUSALS)[number]

/** The JSON body of a refused request. */
export interface RefusalResponse {
  readonly refusal: RefusalCode
  /** With `settings-invalid`. Values are left out, because the server's environment can hold secrets. */
  readonly problems?: readonly Problem[]
  /** With `foreign-origin`: the origin of the page. */
  readonly origin?: string
  /** With `foreign-origin`: the property of settings.js that allows other origins. */
  readonly setting?: 'slsKafka.allowedOrigins'
}

/** Why a connection failed, as codes that dialogs translate. */
export interface FailureCodes {
  readonly code: ErrorCode
  readonly reason: NetworkReason
  /** The names of a trusted certificate that was issued for another name than the expected one. */
  readonly issuedFor?: string
}

/** One line of the response to a connection test: the result of one step. */
export interface StepResponse {
  readonly step: string
  /** Milliseconds. */
  readonly took: number
  /** Number of shards of the logstore; only with the step `logstore`. */
  readonly shards?: number
  readonly failure?: FailureCodes
}

/** The response of a dialog query that failed. */
export interface FailureResponse {
  readonly failure: FailureCodes
}

/** The response of `POST /sls-kafka-in/logstores`. */
export interface LogstoresResponse {
  /** Sorted by name; empty if the AccessKey has no permission to list logstores. */
  readonly logstores: readonly { readonly name: string; readonly shards: number }[]
}

/** The response of `POST /sls-kafka-in/position`. */
export interface PositionResponse {
  /** Shards for which the group has committed an offset. */
  readonly committed: number
  /** Shards of the logstore. */
  readonly shards: number
}

/** The response of `POST /sls-kafka-in/completing`. */
export interface CompletingResponse {
  /** Types of deployed nodes that report when they are done with a message, so that Complete nodes see it. */
  readonly types: readonly string[]
}

/** The first line of the preview of a virtual topic. */
export interface FilterResponse {
  /** The SPL statement that the service applies. */
  readonly filter: string
}

/** One line of a preview: a message. */
export interface PreviewResponse {
  readonly partition: number
  readonly offset: string
  /** Encoded as for the debug sidebar; null if it is too large to be shown. */
  readonly shown: { readonly msg: string; readonly format: string } | null
  /** Set if the record cannot be decoded. */
  readonly problem?: ErrorCode
}

/** One line of the preview of an `sls out`: the log of one value, or why it cannot be written. */
export type LogPreviewResponse =
  | {
      readonly fields: Readonly<Record<string, string>>
      /** Bytes of names and values. */
      readonly bytes: number
    }
  | { readonly problem: { readonly code: ErrorCode; readonly params: ErrorParams } }
