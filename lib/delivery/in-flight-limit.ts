/** The bound on what is repeated, in records: so far a shard runs ahead of its committed offset. */
const SPAN_FACTOR = 10
const SMALLEST_SPAN = 1_000

/** One shard's part of the limit. */
export class InFlightShare {
  readonly #limit: InFlightLimit
  #inFlight = 0
  #isStopped = false

  constructor(limit: InFlightLimit) {
    this.#limit = limit
  }

  /** Records of the shard in flight. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** A stopped shard sends nothing, so that its guaranteed share goes to the others. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Records were sent, or are done if the number is negative. */
  add(records: number): void {
    const unused = this.#limit.unusedOf(this)
    this.#inFlight += records
    this.#limit.changed(this, records, this.#limit.unusedOf(this) - unused)
  }

  setStopped(isStopped: boolean): void {
    if (isStopped === this.#isStopped) return
    const unused = this.#limit.unusedOf(this)
    this.#isStopped = isStopped
    this.#limit.changed(this, 0, this.#limit.unusedOf(this) - unused)
  }

  /** How many records of the shard can be sent now. */
  get room(): number {
    return this.#limit.roomFor(this)
  }
}

/**
 * Bounds the records in flight of one consumer, fairly among its shards: each shard is guaranteed half of
 * an equal share, so that a stuck shard does not block the others. Any shard can use the rest.
 */
export class InFlightLimit {
  readonly max: number
  /** Records from the oldest one that is not committed to the newest sent, of one shard. */
  readonly maxSpan: number
  readonly #shares = new Set<InFlightShare>()
  #guaranteed = 0
  #inFlight = 0
  /** The unused part of the guaranteed shares, in records. */
  #reserved = 0

  /** @param max records */
  constructor(max: number) {
    this.max = max
    this.maxSpan = Math.max(SMALLEST_SPAN, SPAN_FACTOR * max)
  }

  /** Records in flight of all shares. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** The limit holds for these shares from now on. */
  divide(shares: readonly InFlightShare[]): void {
    this.#shares.clear()
    for (const share of shares) this.#shares.add(share)
    const count = shares.length
    this.#guaranteed = count > this.max ? 0 : Math.max(1, Math.floor(this.max / (2 * count)))
    this.#inFlight = shares.reduce((sum, { inFlight }) => sum + inFlight, 0)
    this.#reserved = shares.reduce((sum, share) => sum + this.unusedOf(share), 0)
  }

  /** For `InFlightShare`: keeps the totals when a share has changed. */
  changed(share: InFlightShare, inFlight: number, unused: number): void {
    if (!this.#shares.has(share)) return
    this.#inFlight += inFlight
    this.#reserved += unused
  }

  /** For `InFlightShare`: the unused part of its guaranteed share, in records. */
  unusedOf({ inFlight, isStopped }: InFlightShare): number {
    return isStopped ? 0 : Math.max(0, this.#guaranteed - inFlight)
  }

  /** For `InFlightShare`: how many of its records can be sent now. */
  roomFor(share: InFlightShare): number {
    if (share.isStopped) return 0
    const reservedForOthers = this.#reserved - this.unusedOf(share)
    return Math.max(0, this.max - this.#inFlight - reservedForOthers)
  }
}
