/** Formats a number as a short text that starts with a digit: `0.5`, `7`, `1.2k`, `34k`. */
export function compact(number: number): string {
  if (number >= 10_000) return `${Math.round(number / 1000)}k`
  if (number >= 1_000) return `${(number / 1000).toFixed(1)}k`
  return number >= 10 || Number.isInteger(number) ? String(Math.round(number)) : number.toFixed(1)
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'm'],
] as const

/** Formats a duration in units that every language shares: `45s`, `4m`, `2h`, `3d`. */
export function compactDuration(seconds: number): string {
  const [length, unit] = UNITS.find(([one]) => seconds >= one) ?? [1, 's']
  return `${Math.floor(seconds / length)}${unit}`
}
