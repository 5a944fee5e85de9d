/**
 * Every error that leaves this package has one of these codes. They are public: flows switch on
 * `msg.error.code`, and docs/errors.md explains each. Texts live in the catalogues of the nodes,
 * under the same code, so that each is written once per language.
 */
export const ERROR_CODES = [
  'SLS_CONFIG_INVALID',
  'SLS_HOST_NOT_FOUND',
  'SLS_UNREACHABLE',
  'SLS_TLS_FAILED',
  'SLS_UNEXPECTED_BROKER',
  'SLS_AUTH_FAILED',
  'SLS_LOGSTORE_NOT_FOUND',
  'SLS_GROUP_LIMIT',
  'SLS_GROUP_CONFLICT',
  'SLS_STALLED',
  'SLS_CLIENT_FAILED',
  'SLS_DECODE_FAILED',
  'SLS_VALUE_EMPTY',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** Values that the text of a code mentions, by the name of the placeholder. Never a secret. */
export type ErrorParams = Readonly<Record<string, string | number>>

export class SlsKafkaError extends Error {
  override readonly name = 'SlsKafkaError'
  readonly code: ErrorCode
  readonly params: ErrorParams

  constructor(code: ErrorCode, params: ErrorParams = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause })
    this.code = code
    this.params = params
  }
}

/** The text of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
