/**
 * The largest of the values, and no less than `least`. `Math.max(...values)` hands each value over on
 * the stack, which a list of some 100,000 exceeds.
 */
export function largest(values: Iterable<number>, least: number): number {
  let most = least
  for (const value of values) most = Math.max(most, value)
  return most
}
