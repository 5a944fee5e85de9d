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

/** The newest points of one consumer: a ring, so that it costs the same for ever. */
export class History {
  readonly #points: HistoryPoint[] = []
  readonly #capacity: number
  #next = 0

  /** @param capacity points; default: as many as fit into `HISTORY_LENGTH` */
  constructor(capacity = HISTORY_LENGTH / HISTORY_INTERVAL) {
    this.#capacity = capacity
  }

  add(point: HistoryPoint): void {
    this.#points[this.#next] = point
    this.#next = (this.#next + 1) % this.#capacity
  }

  /** Those after this time and no older than `HISTORY_LENGTH`, oldest first. */
  since(time: number, now: number): HistoryPoint[] {
    const oldest = Math.max(time, now - HISTORY_LENGTH)
    const isFull = this.#points.length === this.#capacity
    const inOrder = isFull
      ? [...this.#points.slice(this.#next), ...this.#points.slice(0, this.#next)]
      : this.#points
    return inOrder.filter(({ at }) => at > oldest)
  }
}
