/** Fine, and the same clock in all processes of a machine: milliseconds since 1970. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}

/** A log that tells when it was written. */
export function stampedLog(): string {
  return String(preciseNow())
}

/** Milliseconds since the log was written. */
export function ageOf(log: string): number {
  return preciseNow() - Number(log)
}
