/** Unix ms with fractions, by a clock that all processes of a machine share. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}

/** A log with the time at which it was written. */
export function stampedLog(): string {
  return String(preciseNow())
}

/** Milliseconds since the log was written. */
export function ageOf(log: string): number {
  return preciseNow() - Number(log)
}
