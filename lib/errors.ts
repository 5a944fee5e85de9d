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
  'SLS_OFFSET_EXPIRED',
  'SLS_STALLED',
  'SLS_THROTTLED',
  'SLS_SERVICE_ERROR',
  'SLS_CLIENT_FAILED',
  'SLS_CODEC_UNSUPPORTED',
  'SLS_BATCH_UNREADABLE',
  'SLS_DECODE_FAILED',
  'SLS_VALUE_EMPTY',
  'SLS_SEND_FAILED',
  'SLS_ATTEMPTS_EXHAUSTED',
  'SLS_REJECTED',
  'SLS_RETRYING',
  'SLS_ACK_MISSING',
  'SLS_ACK_NODE_MISSING',
  'SLS_BUFFER_LIMIT',
  'SLS_OUTPUT_UNWIRED',
  'SLS_GROUP_SHARED',
  'SLS_TOKEN_MISSING',
  'SLS_PARTS_UNCOUNTED',
  'SLS_ACTION_UNKNOWN',
  'SLS_CONTROL_INVALID',
  'SLS_NOT_RUNNING',
  'SLS_SHARD_UNKNOWN',
  'SLS_OFFSET_OUT_OF_RANGE',
  'SLS_SEEK_FAILED',
  'SLS_NOTHING_TO_SKIP',
  'SLS_SKIPPED',
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

/** An error that was reported, without its params. */
export interface ReportedError {
  readonly code: ErrorCode
  /** Milliseconds since 1970. */
  readonly at: number
  /**
   * What is wrong with the settings, in the language of the runtime. Other errors are reported without
   * their text, because it can quote a log.
   */
  readonly message?: string
}

/** What was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(reasonOf(thrown))
}

/** The text of anything that was thrown, without what the Kafka client puts before it. Never throws. */
export function reasonOf(error: unknown): string {
  try {
    const text = String(error instanceof Error ? error.message : error)
    return text.replace(/^Connection error: /, '')
  } catch {
    // An object without a prototype, for example, has no text.
    return typeof error
  }
}

/**
 * Everything by which an error and its causes can be recognised, outermost first: codes of Node.js,
 * names, types and messages of the Kafka client.
 */
export function marksOf(error: unknown): string[] {
  return causesOf(error).flatMap((cause) => {
    const { code, type, name, message } = cause as Record<string, unknown>
    return [code, type, name, message].filter((mark) => typeof mark === 'string')
  })
}

/** The error and what caused it, outermost first. */
export function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let current = error; current && !chain.includes(current);) {
    chain.push(current)
    current = current instanceof Error ? current.cause : undefined
  }
  return chain
}
