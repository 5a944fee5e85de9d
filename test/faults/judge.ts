import type { Expectation, Measurements, Purpose, StatusFill } from './measurements'
import { gapsOf, mostWithin, type Span } from './windows'

/** A bound that the consumer did not keep, and what it did instead. */
export interface BrokenBound {
  readonly bound: Bound
  readonly text: string
}

export type Bound =
  | 'met'
  | 'failing requests in the first second'
  | 'failing requests in 10 s'
  | 'Metadata in 10 s'
  | 'connections in 30 s'
  | 'refused logins in 30 s'
  | 'reports in a minute'
  | 'not green'
  | 'yellow'
  | 'records again'

const SECOND_MS = 1_000
/** What measuring itself may add to a bound that is a time. */
const TOLERANCE_MS = 1_000

/** Failing requests of one API; a request for many shards is one. */
const MOST_FAILING_IN_FIRST_SECOND = 3
const MOST_FAILING_IN_10_S = 6
/** All Metadata requests, failing or not: one a second. */
const MOST_METADATA_IN_10_S = 10
const MOST_REFUSED_LOGINS_IN_30_S = 5
const MOST_REPORTS_IN_A_MINUTE = 5
/**
 * New connections for one purpose. A connection that ends before it shows its purpose can be of either
 * of the two purposes, so both shares are allowed.
 */
const MOST_CONNECTIONS_IN_30_S: Readonly<Record<Purpose, number>> = {
  fetch: 12,
  group: 12,
  unknown: 24,
}

/** Judges one fault case. @returns the bounds that were broken, in the order of `Bound` */
export function judge(measured: Measurements, expected: Expectation): BrokenBound[] {
  if (measured.metAtMs === null && expected.mustBeMet) {
    return [{ bound: 'met', text: 'no request and no connection met the fault' }]
  }
  return [
    ...failingRequests(measured),
    ...metadataRequests(measured),
    ...connections(measured),
    ...refusedLogins(measured),
    ...reports(measured),
    ...greenWhileStopped(measured, expected),
    ...notYellow(measured, expected),
    ...lateRecords(measured, expected),
  ]
}

function failingRequests({ requests }: Measurements): BrokenBound[] {
  const failing = Object.entries(requests).map(([api, all]) => ({
    api,
    timesMs: all.filter(({ isFailing }) => isFailing).map(({ atMs }) => atMs),
  }))
  const inFirstSecond = failing.flatMap(({ api, timesMs }) => {
    const endMs = (timesMs[0] ?? 0) + SECOND_MS
    const count = timesMs.filter((timeMs) => timeMs < endMs).length
    return over('failing requests in the first second', count, MOST_FAILING_IN_FIRST_SECOND, api)
  })
  const inTenSeconds = failing.flatMap(({ api, timesMs }) => {
    const count = mostWithin(timesMs, 10 * SECOND_MS)
    return over('failing requests in 10 s', count, MOST_FAILING_IN_10_S, api)
  })
  return [...inFirstSecond, ...inTenSeconds]
}

function metadataRequests({ requests }: Measurements): BrokenBound[] {
  const timesMs = (requests['Metadata'] ?? []).map(({ atMs }) => atMs)
  const count = mostWithin(timesMs, 10 * SECOND_MS)
  return over('Metadata in 10 s', count, MOST_METADATA_IN_10_S, 'Metadata')
}

function connections({ connections: all }: Measurements): BrokenBound[] {
  return Object.entries(MOST_CONNECTIONS_IN_30_S).flatMap(([purpose, most]) => {
    const timesMs = all.filter((one) => one.purpose === purpose).map(({ atMs }) => atMs)
    return over('connections in 30 s', mostWithin(timesMs, 30 * SECOND_MS), most, purpose)
  })
}

function refusedLogins({ refusedLoginsMs }: Measurements): BrokenBound[] {
  const count = mostWithin(refusedLoginsMs, 30 * SECOND_MS)
  return over('refused logins in 30 s', count, MOST_REFUSED_LOGINS_IN_30_S, 'logins')
}

function reports({ reports: all }: Measurements): BrokenBound[] {
  const causes = [...new Set(all.map(({ cause }) => cause))]
  return causes.flatMap((cause) => {
    const timesMs = all.filter((report) => report.cause === cause).map(({ atMs }) => atMs)
    const count = mostWithin(timesMs, 60 * SECOND_MS)
    return over('reports in a minute', count, MOST_REPORTS_IN_A_MINUTE, cause)
  })
}

/** Only while the fault lasts: after its end, the status may be green before the first record. */
function greenWhileStopped(measured: Measurements, expected: Expectation): BrokenBound[] {
  const { metAtMs, clearedAtMs } = measured
  if (metAtMs === null) return []
  const graceMs = expected.notGreenWithinMs + TOLERANCE_MS
  const lies = stopsOf(measured).flatMap(({ shard, fromMs, toMs }) => {
    const stoppedAtMs = Math.max(fromMs, metAtMs)
    const judged = { fromMs: stoppedAtMs + graceMs, toMs: Math.min(toMs, clearedAtMs) }
    const isLie = fillsIn(measured, judged).includes('green')
    return isLie ? [{ shard, stoppedAtMs }] : []
  })
  const [first] = lies
  if (!first) return []
  const text = `green more than ${inSeconds(graceMs)} after shard ${first.shard} stopped at ${inSeconds(first.stoppedAtMs)}`
  return [{ bound: 'not green', text }]
}

/** Where reading has stopped as well, an error of reading may be shown in place of that of the commits. */
function notYellow(measured: Measurements, expected: Expectation): BrokenBound[] {
  const { metAtMs, clearedAtMs } = measured
  if (metAtMs === null || expected.yellowWithinMs === null) return []
  const judged = { fromMs: metAtMs + expected.yellowWithinMs + TOLERANCE_MS, toMs: clearedAtMs }
  const isStopped = stopsOf(measured).some(
    ({ fromMs, toMs }) => toMs - fromMs > expected.notGreenWithinMs && toMs > judged.fromMs,
  )
  const allowed: readonly StatusFill[] = isStopped ? ['yellow', 'red'] : ['yellow']
  const wrong = fillsIn(measured, judged).find((fill) => !allowed.includes(fill))
  if (!wrong) return []
  const text = `${wrong} ${inSeconds(judged.fromMs - metAtMs)} after the first failed commit`
  return [{ bound: 'yellow', text }]
}

function lateRecords(measured: Measurements, expected: Expectation): BrokenBound[] {
  const { clearedAtMs, endedAtMs, deliveriesMs } = measured
  const limitMs = clearedAtMs + expected.resumesWithinMs + TOLERANCE_MS
  const firstMs = deliveriesMs.map((timesMs) => timesMs.find((timeMs) => timeMs >= clearedAtMs))
  const late = firstMs.findIndex((timeMs) => timeMs === undefined || timeMs > limitMs)
  if (late < 0) return []
  const timeMs = firstMs[late]
  const text =
    timeMs === undefined
      ? `no record of shard ${late} in ${inSeconds(endedAtMs - clearedAtMs)}`
      : `first record of shard ${late} after ${inSeconds(timeMs - clearedAtMs)}`
  return [{ bound: 'records again', text }]
}

/** The spans in which a shard delivered nothing and that end after the fault was met. */
function stopsOf({ metAtMs, endedAtMs, deliveriesMs }: Measurements): (Span & { shard: number })[] {
  return deliveriesMs.flatMap((timesMs, shard) =>
    gapsOf(timesMs, metAtMs ?? 0, endedAtMs)
      .filter(({ toMs }) => toMs > (metAtMs ?? 0))
      .map((gap) => ({ ...gap, shard })),
  )
}

/** Every fill that the status had at some moment of the span; none if the span is empty. */
function fillsIn({ statuses }: Measurements, { fromMs, toMs }: Span): StatusFill[] {
  if (toMs <= fromMs) return []
  return statuses
    .filter(({ atMs }, index) => atMs < toMs && (statuses[index + 1]?.atMs ?? Infinity) > fromMs)
    .map(({ fill }) => fill)
}

function over(bound: Bound, count: number, most: number, what: string): BrokenBound[] {
  return count > most ? [{ bound, text: `${what}: ${count}, at most ${most}` }] : []
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / SECOND_MS).toFixed(1)} s`
}
