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

/** @param at milliseconds since 1970 */
export function historyPoint(
  { rate, delaySeconds, shards }: Pick<ConsumerReport, 'rate' | 'delaySeconds' | 'shards'>,
  at: number,
): HistoryPoint {
  const isBehind = shards.length > 0 || delaySeconds > 0
  return { at, rate, delaySeconds: isBehind ? delaySeconds : null }
}

/** Milliseconds between two points, and milliseconds that a point is kept. */
export const HISTORY_INTERVAL = 5_000
export const HISTORY_LENGTH = 15 * 60_000

/** A point with its monotonic time, so that a change of the wall clock leaves the distances as they are. */
interface KeptPoint extends HistoryPoint {
  readonly atMs: number
}

/** The part of a `Clock` that a history needs. `lib/clock.ts` cannot be loaded in the browser. */
interface Clocks {
  now(): number
  monotonic(): number
}

/** Milliseconds. A wall clock that moved by less was not set, and a point keeps its original time. */
const LEAST_CLOCK_STEP = 1_000

/** The newest points of one consumer, in a ring of constant size. */
export class History {
  readonly #points: KeptPoint[] = []
  readonly #capacity: number
  #next = 0

  /** @param capacity points; default: as many as fit into `HISTORY_LENGTH` */
  constructor(capacity = HISTORY_LENGTH / HISTORY_INTERVAL) {
    this.#capacity = capacity
  }

  /** @param atMs monotonic time of the point */
  add(point: HistoryPoint, atMs: number): void {
    this.#points[this.#next] = { ...point, atMs }
    this.#next = (this.#next + 1) % this.#capacity
  }

  /**
   * Returns the points after a wall time, oldest first, with their times by the wall clock as it is set now.
   * Points older than `HISTORY_LENGTH` are left out. A time in the future returns all points: the caller read
   * the clock before it was put back, and must begin again.
   *
   * @param wallTime milliseconds since 1970
   */
  since(wallTime: number, clock: Clocks): HistoryPoint[] {
    const nowMs = clock.monotonic()
    const wallNow = clock.now()
    const askedMs = wallTime > wallNow ? HISTORY_LENGTH : wallNow - wallTime
    const spanMs = Math.min(askedMs, HISTORY_LENGTH)
    const isFull = this.#points.length === this.#capacity
    const inOrder = isFull
      ? [...this.#points.slice(this.#next), ...this.#points.slice(0, this.#next)]
      : this.#points
    return inOrder
      .filter(({ atMs }) => atMs > nowMs - spanMs)
      .map(({ atMs, ...point }) => ({ ...point, at: timeNow(point.at, wallNow - (nowMs - atMs)) }))
  }
}

/**
 * @param added wall time of a point when it was added
 * @param derived wall time of the same point by the clock as it is set now
 */
function timeNow(added: number, derived: number): number {
  return Math.abs(derived - added) < LEAST_CLOCK_STEP ? added : Math.round(derived)
}
