/**
 * What one fault case measured, at the emulator and at the consumer. All times are milliseconds of the
 * monotonic clock since the fault was switched on; lists are in ascending order of time.
 */
export interface Measurements {
  /** When the first request or connection met the fault; null if none did. */
  readonly metAtMs: number | null
  /** When the fault was switched off. */
  readonly clearedAtMs: number
  /** When measuring ended. */
  readonly endedAtMs: number
  /** Requests that reached the emulator since the fault was switched on, by name of the API. */
  readonly requests: Readonly<Record<string, readonly RequestTime[]>>
  /** Connections that the emulator accepted since the fault was switched on. */
  readonly connections: readonly ConnectionTime[]
  /** When the emulator refused logins. */
  readonly refusedLoginsMs: readonly number[]
  /** What the consumer reported: one entry for each line of Node-RED's log. */
  readonly reports: readonly Report[]
  /** The fill of the node status from each moment on; the first entry lies at or before 0. */
  readonly statuses: readonly StatusChange[]
  /** When records of each shard reached the flow; the index is the shard. */
  readonly deliveriesMs: readonly (readonly number[])[]
}

interface RequestTime {
  readonly atMs: number
  /** A fault spoilt the request. */
  readonly isFailing: boolean
}

/** What a connection was used for: `unknown` if it ended before a request showed that. */
export type Purpose = 'fetch' | 'group' | 'unknown'

interface ConnectionTime {
  readonly atMs: number
  readonly purpose: Purpose
}

export interface Report {
  readonly atMs: number
  /** E.g. `failure SLS_UNREACHABLE` or `joined`. */
  readonly cause: string
}

export interface StatusChange {
  readonly atMs: number
  readonly fill: StatusFill
}

export type StatusFill = 'red' | 'green' | 'yellow' | 'blue' | 'grey'

/** What one fault case allows the consumer. Milliseconds. */
export interface Expectation {
  /** A request or connection must meet the fault, or the case says nothing. */
  readonly mustBeMet: boolean
  /** From the moment when reading stops until the status is no longer green. */
  readonly notGreenWithinMs: number
  /** From the first commit that fails until the status is yellow; null if commits do not fail. */
  readonly yellowWithinMs: number | null
  /** From the end of the fault until every shard delivers records again. */
  readonly resumesWithinMs: number
}

const LOGIN_APIS: ReadonlySet<string> = new Set([
  'ApiVersions',
  'SaslHandshake',
  'SaslAuthenticate',
])

/** The purpose of a connection, from the names of the APIs that were requested on it. */
export function purposeOf(apis: readonly string[]): Purpose {
  if (apis.includes('Fetch')) return 'fetch'
  return apis.some((api) => !LOGIN_APIS.has(api)) ? 'group' : 'unknown'
}
