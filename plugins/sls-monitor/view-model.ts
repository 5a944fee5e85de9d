import { compact } from '../../lib/monitoring/compact'
import type { ShardReport } from '../../lib/monitoring/consumer-report'
import { historyPoint, type HistoryPoint } from '../../lib/monitoring/history'

import type { MonitorAction, MonitoredConsumer } from './monitor-answer'

export type ShardState = 'reading' | 'paused' | 'stopped'

/** One line of the table of shards, as texts that every language shares. */
export interface ShardRow {
  readonly partition: number
  readonly position: string
  readonly committed: string
  readonly inFlight: string
  readonly delay: string
  readonly state: ShardState
  /** What its button does. */
  readonly action: MonitorAction
}

export interface ConsumerView {
  readonly title: string
  /** What it reads, and as whom. */
  readonly subtitle: string
  readonly rate: string
  readonly delay: string
  readonly inFlight: string
  /** What its button does; null if it does not run. */
  readonly action: 'pause' | 'resume' | null
  readonly shards: readonly ShardRow[]
}

const UNKNOWN = '–'

export function viewOf(consumer: MonitoredConsumer): ConsumerView {
  const { name, logstore, group, rate, inFlight, state, isPaused, shards } = consumer
  const { delaySeconds } = historyPoint(consumer, 0)
  const source = [logstore, group].filter((part) => part !== '').join(' · ')
  const isReading = state === 'consuming'
  return {
    title: name || source || 'sls in',
    subtitle: name ? source : '',
    rate: `${compact(rate)}/s`,
    delay: delaySeconds === null ? UNKNOWN : durationText(delaySeconds),
    inFlight: String(inFlight),
    action: isReading ? (isPaused ? 'resume' : 'pause') : null,
    shards: shards.map(rowOf),
  }
}

function rowOf(shard: ShardReport): ShardRow {
  const { partition, position, committed, inFlight, delaySeconds, isPaused, stopped } = shard
  const state = stopped !== null ? 'stopped' : isPaused ? 'paused' : 'reading'
  return {
    partition,
    position: position ?? UNKNOWN,
    committed: committed ?? UNKNOWN,
    inFlight: String(inFlight),
    delay: durationText(delaySeconds),
    state,
    action: state === 'stopped' ? 'skip' : isPaused ? 'resume' : 'pause',
  }
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const

/** `4s`, `12min`, `2.5h`: units that every language shares. */
export function durationText(seconds: number): string {
  const [length, unit] = UNITS.find(([one]) => seconds >= one) ?? [1, 's']
  return `${compact(Math.floor((seconds / length) * 10) / 10)}${unit}`
}

/** Rate and delay over time, as the plots take them: columns, times in seconds. */
export type Columns = [time: number[], rate: (number | null)[], delay: (number | null)[]]

/** The past of one consumer, put together from answers that each bring what is new. */
export class Series {
  readonly #span: number
  #points: HistoryPoint[] = []

  /** @param span milliseconds that are kept */
  constructor(span: number) {
    this.#span = span
  }

  /**
   * Adds what an answer brings. Its points replace the known ones from the first of them on, and known
   * ones in the future are dropped: after the clock of the server was put back, an answer brings the
   * whole past again, by the new time.
   *
   * @param now time of the answer, by the clock of the server; milliseconds since 1970
   */
  add(points: readonly HistoryPoint[], now: number): void {
    const first = points[0]?.at ?? Infinity
    const known = this.#points.filter(({ at }) => at < first && at <= now)
    this.#points = [...known, ...points].filter(({ at }) => at > now - this.#span)
  }

  /** With the newest moment as the last point. A gap where nothing was noted for three intervals. */
  columns(latest: HistoryPoint, interval: number): Columns {
    const columns: Columns = [[], [], []]
    let before: number | null = null
    for (const { at, rate, delaySeconds } of [...this.#points, latest]) {
      if (before !== null && at - before > 3 * interval) push(columns, before + 1, null, null)
      push(columns, at, rate, delaySeconds)
      before = at
    }
    return columns
  }
}

function push(columns: Columns, at: number, rate: number | null, delay: number | null): void {
  columns[0].push(at / 1000)
  columns[1].push(rate)
  columns[2].push(delay)
}
