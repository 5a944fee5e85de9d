/** How far a shard can run ahead of its committed offset, in records. A crash repeats no more. */
const SPAN_FACTOR = 10
const SMALLEST_SPAN = 1_000

/** One shard's part of an `InFlightLimit`. */
export class InFlightShare {
  /** For `InFlightLimit`: whether the limit counts this share. */
  isCounted = false
  readonly #limit: InFlightLimit
  #inFlight = 0
  #isStopped = false

  constructor(limit: InFlightLimit) {
    this.#limit = limit
  }

  /** Records of this shard that are in flight. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** A stopped shard sends nothing, so that its guaranteed share goes to the others. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Adds records to those in flight; a negative number removes records. */
  add(records: number): void {
    const unused = this.#limit.unusedOf(this)
    this.#inFlight += records
    if (this.isCounted) this.#limit.changed(records, this.#limit.unusedOf(this) - unused)
  }

  setStopped(isStopped: boolean): void {
    if (isStopped === this.#isStopped) return
    const unused = this.#limit.unusedOf(this)
    this.#isStopped = isStopped
    if (this.isCounted) this.#limit.changed(0, this.#limit.unusedOf(this) - unused)
  }

  /** How many records of the shard can be sent now. */
  get room(): number {
    return this.#limit.roomFor(this)
  }
}

/**
 * Bounds the records in flight of one consumer. Each shard is guaranteed half of an equal share, so that a
 * stuck shard does not block the others. Any shard can use the rest.
 */
export class InFlightLimit {
  readonly max: number
  /** Most records of one shard from the oldest uncommitted one to the newest sent one. */
  readonly maxSpan: number
  #shares: readonly InFlightShare[] = []
  #guaranteed = 0
  #inFlight = 0
  /** The unused part of the guaranteed shares, in records. */
  #reserved = 0

  /** @param max records */
  constructor(max: number) {
    this.max = max
    this.maxSpan = Math.max(SMALLEST_SPAN, SPAN_FACTOR * max)
  }

  /** Records in flight, over all shares. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Divides the limit among these shares and no others from now on. */
  divide(shares: readonly InFlightShare[]): void {
    for (const share of this.#shares) share.isCounted = false
    for (const share of shares) share.isCounted = true
    this.#shares = shares
    const count = shares.length
    this.#guaranteed = count > this.max ? 0 : Math.max(1, Math.floor(this.max / (2 * count)))
    this.#inFlight = shares.reduce((sum, { inFlight }) => sum + inFlight, 0)
    this.#reserved = shares.reduce((sum, share) => sum + this.unusedOf(share), 0)
  }

  /** For `InFlightShare`: keeps the totals when a counted share has changed. */
  changed(inFlight: number, unused: number): void {
    this.#inFlight += inFlight
    this.#reserved += unused
  }

  /** For `InFlightShare`: the unused part of the guaranteed share, in records. */
  unusedOf({ inFlight, isStopped }: InFlightShare): number {
    return isStopped ? 0 : Math.max(0, this.#guaranteed - inFlight)
  }

  /** For `InFlightShare`: how many records of the share can be sent now. */
  roomFor(share: InFlightShare): number {
    if (share.isStopped) return 0
    const reservedForOthers = this.#reserved - this.unusedOf(share)
    return Math.max(0, this.max - this.#inFlight - reservedForOthers)
  }
}
