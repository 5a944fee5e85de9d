/**
 * The whole of a test that takes minutes runs with `npm run test:integrity -- --full`; otherwise a shorter
 * form of it, or none, which is shown as pending.
 */
export const IS_FULL = process.env['INTEGRITY_FULL'] === '1'

/** Looks for `it` each time: where one process runs several files, each file has its own. */
export function itInFull(title: string, body: Mocha.AsyncFunc): Mocha.Test {
  return IS_FULL ? it(title, body) : it.skip(title, body)
}

/** @returns the value for this run */
export function inFull<T>(full: T, short: T): T {
  return IS_FULL ? full : short
}
