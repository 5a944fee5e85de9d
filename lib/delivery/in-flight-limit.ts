/** What the limit asks of a shard's window. */
export interface LimitedWindow {
  /** Records. */
  readonly inFlight: number
  /** Records from the oldest one not done, or not yet committed, to the newest sent. */
  readonly span: number
  readonly held: unknown
}

/** The bound on what is repeated, in records: so far a shard may run ahead of what was committed. */
const SPAN_FACTOR = 10
const SMALLEST_SPAN = 1_000

interface Totals {
  readonly inFlight: number
  /** Of what shards are sure of, what they do not use. */
  readonly reserved: number
}

/**
 * Bounds the records in flight of a node, fairly among its shards: each is sure of half an equal share,
 * so that one whose records do not get done cannot stop the others; the rest goes to whoever needs it.
 */
export class InFlightLimit {
  readonly max: number
  /** Records from the oldest one not done, or not yet committed, to the newest sent. */
  readonly maxSpan: number
  #windows: readonly LimitedWindow[] = []
  #sureOf = 0
  #totals: Totals | null = null

  /** @param max records */
  constructor(max: number) {
    this.max = max
    this.maxSpan = Math.max(SMALLEST_SPAN, SPAN_FACTOR * max)
  }

  share(windows: readonly LimitedWindow[]): void {
    const count = windows.length
    this.#windows = windows
    this.#sureOf = count > this.max ? 0 : Math.max(1, Math.floor(this.max / (2 * count)))
    this.changed()
  }

  /** What was counted is out of date. */
  readonly changed = (): void => {
    this.#totals = null
  }

  /** Records in flight in all. */
  get inFlight(): number {
    return this.#count().inFlight
  }

  /** How many records of this shard may be sent now. */
  room(window: LimitedWindow): number {
    if (window.held) return 0
    const { inFlight, reserved } = this.#count()
    const reservedByOthers = reserved - this.#unused(window)
    return Math.max(0, Math.min(this.max - inFlight - reservedByOthers, this.maxSpan - window.span))
  }

  #count(): Totals {
    this.#totals ??= {
      inFlight: this.#windows.reduce((sum, { inFlight }) => sum + inFlight, 0),
      reserved: this.#windows.reduce((sum, window) => sum + this.#unused(window), 0),
    }
    return this.#totals
  }

  #unused({ inFlight, held }: LimitedWindow): number {
    return held ? 0 : Math.max(0, this.#sureOf - inFlight)
  }
}
