import type { ErrorCode } from '../errors'
import type { WriterCounts } from './snapshot'

export const NO_COUNTS: WriterCounts = {
  written: 0,
  failed: 0,
  errors: {},
  lastError: null,
  lastErrorMs: -Infinity,
}

/** Sums counts. The last error is the newest of all. */
export function sumOfCounts(counts: readonly WriterCounts[]): WriterCounts {
  return counts.reduce(added, NO_COUNTS)
}

function added(one: WriterCounts, other: WriterCounts): WriterCounts {
  const errors: Partial<Record<ErrorCode, number>> = { ...one.errors }
  for (const [code, count] of Object.entries(other.errors) as [ErrorCode, number][]) {
    errors[code] = (errors[code] ?? 0) + count
  }
  const { lastError, lastErrorMs } = other.lastErrorMs >= one.lastErrorMs ? other : one
  return {
    written: one.written + other.written,
    failed: one.failed + other.failed,
    ...{ errors, lastError, lastErrorMs },
  }
}
