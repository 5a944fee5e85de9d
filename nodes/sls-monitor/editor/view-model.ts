import { compact } from '../../../lib/monitoring/compact'
import type { ShardReport } from '../../../lib/monitoring/consumer-report'
import { historyPoint, type HistoryPoint } from '../../../lib/monitoring/history'
import type { MonitorAction, MonitoredConsumer } from '../monitor-api'

type ShardState = 'reading' | 'paused' | 'stopped'

/**
 * What a row says about the committed offset. While a shard is read, that offset is always below the position, and
 * SLS offsets jump: their difference is no number of records. So a row has the offset itself only where reading
 * would begin again from it.
 */
interface CommitView {
  /** Key of the text below `commit`. */
  readonly key: 'all' | 'soon' | 'not-done' | 'at'
  /** Records that were read and are not done. */
  readonly count: number
  /** The committed offset. */
  readonly offset: string
}

/** One row of the shard table, with texts that every language shares. */
export interface ShardRow {
  readonly partition: number
  readonly position: string
  /** Null before the shard has a position. */
  readonly commit: CommitView | null
  readonly inFlight: string
  readonly delay: string
  readonly state: ShardState
  /** The command of the row's button. */
  readonly action: MonitorAction
}

/** The texts of a consumer's card. */
export interface ConsumerView {
  readonly title: string
  /** Logstore and group, if the title is the name of the node; else empty. */
  readonly subtitle: string
  readonly rate: string
  readonly delay: string
  readonly inFlight: string
  /** The command of the card's button; null unless the consumer is consuming. */
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
    shards: shards.map((shard) => rowOf(shard, isReading)),
  }
}

function rowOf(shard: ShardReport, isConsuming: boolean): ShardRow {
  const { partition, position, inFlight, delaySeconds, isPaused, stopped } = shard
  const state = stopped !== null ? 'stopped' : isPaused ? 'paused' : 'reading'
  return {
    partition,
    position: position ?? UNKNOWN,
    commit: commitOf(shard, isConsuming && state !== 'stopped'),
    inFlight: String(inFlight),
    delay: durationText(delaySeconds),
    state,
    action: state === 'stopped' ? 'skip' : isPaused ? 'resume' : 'pause',
  }
}

/** @param isAdvancing whether the committed offset follows the position by itself */
function commitOf(shard: ShardReport, isAdvancing: boolean): CommitView | null {
  const { position, committed, inFlight, queued } = shard
  if (position === null) return null
  const count = inFlight + queued
  const view = { count, offset: committed ?? UNKNOWN }
  if (committed === position) return { ...view, key: 'all' }
  if (!isAdvancing) return { ...view, key: 'at' }
  return { ...view, key: count > 0 ? 'not-done' : 'soon' }
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const

/** Formats a duration in units that every language shares: `4s`, `12min`, `2.5h`. */
export function durationText(seconds: number): string {
  const [length, unit] = UNITS.find(([one]) => seconds >= one) ?? [1, 's']
  return `${compact(Math.floor((seconds / length) * 10) / 10)}${unit}`
}

/** Rate and delay over time as columns for the plots; times in seconds since 1970. */
export type Columns = [time: number[], rate: (number | null)[], delay: (number | null)[]]

/** The history of one consumer, collected from responses that each have only new points. */
export class Series {
  readonly #span: number
  #points: HistoryPoint[] = []

  /** @param span milliseconds of history to keep */
  constructor(span: number) {
    this.#span = span
  }

  /**
   * Adds the points of a response. They replace known points from the first new point on. Known points in the future
   * are dropped: after the server's clock was set back, a response has the whole history with the new times.
   *
   * @param now time of the response by the server's clock, milliseconds since 1970
   */
  add(points: readonly HistoryPoint[], now: number): void {
    const first = points[0]?.at ?? Infinity
    const known = this.#points.filter(({ at }) => at < first && at <= now)
    this.#points = [...known, ...points].filter(({ at }) => at > now - this.#span)
  }

  /** The columns for the plots, with `latest` as the last point. Three intervals without a point become a gap. */
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
