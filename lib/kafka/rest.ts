/** Spreads the tries of many nodes that lost their connection at the same moment. */
const JITTER = 0.2

/**
 * How long to rest after tries in vain: doubled with each, and shortened by chance.
 *
 * @param times in a row
 * @param first rest, in milliseconds
 * @param longest rest, in milliseconds
 * @returns milliseconds
 */
export function restLength(
  times: number,
  first: number,
  longest: number,
  random: () => number = Math.random,
): number {
  return Math.min(longest, first * 2 ** (times - 1)) * (1 - JITTER * random())
}
