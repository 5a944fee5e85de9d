import type { ConsumerReport } from './consumer-report'

/** What is kept of one moment. */
export interface HistoryPoint {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Records a second. */
  readonly rate: number
  /** Null of a node that has no shard to read. */
  readonly delaySeconds: number | null
}

/** One moment of a node that tells this. */
export function historyPoint(
  { rate, delaySeconds, shards }: Pick<ConsumerReport, 'rate' | 'delaySeconds' | 'shards'>,
  at: number,
): HistoryPoint {
  const isBehind = shards.length > 0 || delaySeconds > 0
  return { at, rate, delaySeconds: isBehind ? delaySeconds : null }
}

/** Milliseconds between two points, and what is kept of them. */
export const HISTORY_INTERVAL = 5_000
export const HISTORY_LENGTH = 15 * 60_000

/** A point with its monotonic moment, so that the clock of the machine cannot tear the line apart. */
interface KeptPoint extends HistoryPoint {
  readonly atMs: number
}

/** The part of a `Clock` that the points need; its file is not for the browser. */
interface Clocks {
  now(): number
  monotonic(): number
}

/** Milliseconds. A clock that moved by less was not set: a point keeps the time that it was told with. */
const LEAST_CLOCK_STEP = 1_000

/** The newest points of one consumer: a ring, so that it always costs the same. */
export class History {
  readonly #points: KeptPoint[] = []
  readonly #capacity: number
  #next = 0

  /** @param capacity points; default: as many as fit into `HISTORY_LENGTH` */
  constructor(capacity = HISTORY_LENGTH / HISTORY_INTERVAL) {
    this.#capacity = capacity
  }

  /** @param atMs monotonic moment of the point */
  add(point: HistoryPoint, atMs: number): void {
    this.#points[this.#next] = { ...point, atMs }
    this.#next = (this.#next + 1) % this.#capacity
  }

  /**
   * The points after a wall time and no older than `HISTORY_LENGTH`, oldest first, with their times by
   * the wall clock as it is set now. All of them after a time in the future: whoever asks has seen the
   * clock before it was put back, and has to begin again.
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

/** @param told wall time of a point when it was added @param derived the same by the clock as it is set now */
function timeNow(told: number, derived: number): number {
  return Math.abs(derived - told) < LEAST_CLOCK_STEP ? told : Math.round(derived)
}
