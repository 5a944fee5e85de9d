/** A logstore cannot take what it was given; the message says why. */
export class LogstoreError extends Error {
  override readonly name = 'LogstoreError'
}
