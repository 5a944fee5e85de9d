/**
 * The codes of all errors that leave this package. Codes are public: flows switch on `msg.error.code`, and
 * docs/errors.md explains each. The text of a code is in the catalogues of the nodes, once per language.
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
  'SLS_RECORD_INVALID',
  'SLS_RECORD_TOO_LARGE',
  'SLS_BUFFER_FULL',
  'SLS_WRITE_REFUSED',
  'SLS_WRITE_TIMEOUT',
  'SLS_UNWRITTEN',
  'SLS_WRITE_LOOP',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** Values for the placeholders in the text of an error, by placeholder. Values never contain a secret. */
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

/** The code and time of a reported error, for status, report and health. */
export interface ReportedError {
  readonly code: ErrorCode
  /** Milliseconds since 1970. */
  readonly at: number
  /**
   * The problems of the settings, in the language of the runtime. Only `SLS_CONFIG_INVALID` has a message: texts
   * of other errors can quote a log.
   */
  readonly message?: string
}

/** Converts any thrown value to an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(reasonOf(thrown))
}

/** The message of any thrown value, without the prefix of the Kafka client. Never throws. */
export function reasonOf(error: unknown): string {
  try {
    // JSONata throws objects that are no Error and have a message.
    const { message } = (error ?? {}) as { readonly message?: unknown }
    const text = String(typeof message === 'string' ? message : error)
    return text.replace(/^Connection error: /, '')
  } catch {
    // An object without a prototype, for example, has no text.
    return typeof error
  }
}

/**
 * The codes, types, names and messages of an error and its causes, outermost first. `meaningOf` and
 * `networkReasonOf` recognise an error by these marks.
 */
export function marksOf(error: unknown): string[] {
  return causesOf(error).flatMap((cause) => {
    const { code, type, name, message } = cause as Record<string, unknown>
    return [code, type, name, message].filter((mark) => typeof mark === 'string')
  })
}

/** The error and its causes, outermost first. */
export function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let current = error; current && !chain.includes(current);) {
    chain.push(current)
    current = current instanceof Error ? current.cause : undefined
  }
  return chain
}

/** Handles an exception that must not spread. Must not throw. */
export type OnError = (error: unknown) => void

/**
 * Wraps a function so that exceptions and rejections go to `onError`. An exception in a timer or a listener, or
 * an unhandled rejection, would end the Node-RED process.
 */
export function guarded<Arguments extends unknown[]>(
  onError: OnError,
  call: (...args: Arguments) => unknown,
): (...args: Arguments) => void {
  return (...args) => {
    try {
      const result = call(...args)
      if (result instanceof Promise) result.catch(onError)
    } catch (error) {
      onError(error)
    }
  }
}
