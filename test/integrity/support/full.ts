/**
 * The whole of a test that takes minutes runs with `npm run test:integrity -- --full`; otherwise a shorter
 * form of it, or none, which is shown as pending.
 */
export const IS_FULL = process.env['INTEGRITY_FULL'] === '1'

export const itInFull: Mocha.TestFunction | Mocha.PendingTestFunction = IS_FULL ? it : it.skip

/** @returns the value for this run */
export function inFull<T>(full: T, short: T): T {
  return IS_FULL ? full : short
}
