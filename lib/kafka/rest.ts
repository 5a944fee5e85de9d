/** Spreads the tries of many nodes that lost their connection at the same moment. */
const JITTER = 0.2

/**
 * How long to wait after failures in a row: longer with each, and shortened by chance.
 *
 * @param times failures in a row
 * @param first wait, in milliseconds
 * @param longest wait, in milliseconds
 * @param factor by which the wait grows with each failure
 * @returns milliseconds
 */
export function restLength(
  times: number,
  first: number,
  longest: number,
  random: () => number = Math.random,
  factor = 2,
): number {
  return Math.min(longest, first * factor ** (times - 1)) * (1 - JITTER * random())
}
