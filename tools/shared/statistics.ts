/** The lower of the two values in the middle if their number is even; NaN if there are none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
}

/** The smallest value that is greater than the given percentage of the values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = ascending(values)
  const index = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))
  return sorted[index] ?? NaN
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((one, other) => one - other)
}
