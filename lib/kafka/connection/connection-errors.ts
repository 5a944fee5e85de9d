import { MAX_RESPONSE_BYTES } from '../constants'

/** An error with a code in the style of Node.js. `lib/sls/error-meanings.ts` finds the error text by the code. */
export type CodedError = Error & { readonly code: string }

export function codedError(code: string, message: string, cause?: unknown): CodedError {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code })
}

/** A response is due, and the service sends nothing or too little. */
export function silenceError(): CodedError {
  return codedError('ETIMEDOUT', 'the service stopped answering')
}

/** @param announcedBytes as the response announces it, negative numbers too */
export function responseSizeError(announcedBytes: number): CodedError {
  return codedError(
    'RESPONSE_TOO_LARGE',
    `a response of ${announcedBytes} bytes; at most ${MAX_RESPONSE_BYTES} are read`,
  )
}

/** The service closed the connection while a response was pending. */
export function closedByService(): CodedError {
  return codedError('ECONNRESET', 'the service closed the connection')
}

/** The service closed the connection in the place of a response to the login. */
export function closedAtLogin(): Error {
  return new Error('Connection closed by the server')
}

/** The connection failed between the first request of the login and its last response. */
export class LoginFailedError extends Error {
  override readonly name = 'LoginFailedError'

  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}

/** The error of pending requests when this client closes the connection. */
export function closedByClient(): CodedError {
  return codedError('ECONNABORTED', 'the connection was closed')
}

/** The service sent bytes that are not a valid response. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError'
}
