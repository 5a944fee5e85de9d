/**
 * The largest of the values, and at least `floor`. `Math.max(...values)` passes every value on the stack, which
 * overflows with a list of about 100,000 values.
 */
export function maxOf(values: Iterable<number>, floor: number): number {
  let max = floor
  for (const value of values) max = Math.max(max, value)
  return max
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
