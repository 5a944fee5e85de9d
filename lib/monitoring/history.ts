import type { ConsumerReport } from './consumer-report'

/** The figures of one consumer at one moment. */
export interface HistoryPoint {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Records a second. */
  readonly rate: number
  /** Null while the consumer owns no shard. */
  readonly delaySeconds: number | null
}

/** Creates a point of the history from a report. @param at milliseconds since 1970 */
export function historyPoint(
  { rate, delaySeconds, shards }: Pick<ConsumerReport, 'rate' | 'delaySeconds' | 'shards'>,
  at: number,
): HistoryPoint {
  const isBehind = shards.length > 0 || delaySeconds > 0
  return { at, rate, delaySeconds: isBehind ? delaySeconds : null }
}

/** Time between two points. */
export const HISTORY_INTERVAL_MS = 5_000
/** Time for which a point is kept. */
export const HISTORY_LENGTH_MS = 15 * 60_000

/** A point with its monotonic time, so that a change of the wall clock leaves the distances as they are. */
interface KeptPoint extends HistoryPoint {
  readonly atMs: number
}

/** The part of a `Clock` that a history needs. `lib/clock.ts` cannot be loaded in the browser. */
interface Clocks {
  now(): number
  monotonic(): number
}

/** A smaller change of the wall clock is drift: points keep their original times. */
const MIN_CLOCK_CHANGE_MS = 1_000

/** The newest points of one consumer, in a ring of constant size. */
export class History {
  readonly #points: KeptPoint[] = []
  readonly #capacity: number
  #next = 0

  /** @param capacity number of points; by default as many as fit into `HISTORY_LENGTH_MS` */
  constructor(capacity = HISTORY_LENGTH_MS / HISTORY_INTERVAL_MS) {
    this.#capacity = capacity
  }

  /** Adds a point. @param atMs monotonic time of the point */
  add(point: HistoryPoint, atMs: number): void {
    this.#points[this.#next] = { ...point, atMs }
    this.#next = (this.#next + 1) % this.#capacity
  }

  /**
   * Returns the points after a wall time, oldest first, with their times by the wall clock as it is set now.
   * Points older than `HISTORY_LENGTH_MS` are left out. A time in the future returns all points: the clock was set
   * back after the caller's last request.
   *
   * @param wallTime milliseconds since 1970
   */
  since(wallTime: number, clock: Clocks): HistoryPoint[] {
    const nowMs = clock.monotonic()
    const wallNow = clock.now()
    const oldest = wallNow - HISTORY_LENGTH_MS
    const after = wallTime > wallNow ? oldest : Math.max(wallTime, oldest)
    const isFull = this.#points.length === this.#capacity
    const inOrder = isFull
      ? [...this.#points.slice(this.#next), ...this.#points.slice(0, this.#next)]
      : this.#points
    return inOrder
      .map(({ atMs, ...point }) => ({ ...point, at: timeNow(point.at, wallNow - (nowMs - atMs)) }))
      .filter(({ at }) => at > after)
  }
}

/**
 * Chooses the wall time of a point.
 *
 * @param added wall time when the point was added
 * @param derived wall time of the point by the current setting of the clock
 */
function timeNow(added: number, derived: number): number {
  return Math.abs(derived - added) < MIN_CLOCK_CHANGE_MS ? added : Math.round(derived)
}
