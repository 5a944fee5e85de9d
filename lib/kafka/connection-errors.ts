import { MAX_RESPONSE_BYTES } from './constants'

/** An error with a code as Node.js gives them, by which lib/sls knows what the error means. */
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

/** What is pending when this client closes the connection. */
export function closedByClient(): CodedError {
  return codedError('ECONNABORTED', 'the connection was closed')
}

/** Bytes of the service that make no sense to this client. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError'
}
