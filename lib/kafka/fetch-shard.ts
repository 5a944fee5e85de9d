import { Retries } from './retries'
import type { FetchedBatch } from './source'

/** What one response brought of a shard and the flow does not have yet. */
export type Delivery =
  | { readonly kind: 'batch'; readonly batch: FetchedBatch }
  | { readonly kind: 'caught-up' | 'cut-short' }

/** What a fetch asked of a shard. */
export interface Ask {
  readonly epoch: number
  readonly offset: bigint
}

/** One assigned shard, as the fetch loops see it. */
export class FetchShard {
  readonly shard: number
  /** The broker whose loop fetches the shard; null while it has no leader. */
  nodeId: number | null = null
  isPaused = false
  /** No fetch follows until the shard is assigned again, or moved: a batch of it cannot be read. */
  isStopped = false
  /** Number of the last response with records of this shard; the lower ones are asked for first. */
  servedIn = 0
  readonly #retries = new Retries()
  #next: bigint | null = null
  #epoch = 0
  #parked: Delivery[] = []
  /** Monotonic. */
  #retryAtMs = -Infinity
  #failingSinceMs: number | null = null

  constructor(shard: number) {
    this.shard = shard
  }

  /** Offset of the next fetch; null while it is not known. */
  get next(): bigint | null {
    return this.#next
  }

  /** The fetch that can be sent now. @param offset where it begins, if not at the position */
  ask(offset = this.#next ?? 0n): Ask {
    return { epoch: this.#epoch, offset }
  }

  /**
   * Whether a response to this counts. A seek, a reset, an unreadable batch and another leader begin a new
   * epoch. A fetch that was sent ahead counts only if the response before it was read up to where it begins.
   */
  isCurrent({ epoch, offset }: Ask): boolean {
    return epoch === this.#epoch && offset === this.#next
  }

  /** Monotonic; null unless the last fetch failed. */
  get failingSinceMs(): number | null {
    return this.#failingSinceMs
  }

  /** Monotonic. The shard is not fetched before. */
  get retryAtMs(): number {
    return this.#retryAtMs
  }

  /** Whether the next fetch can ask for this shard. */
  isDue(nowMs: number): boolean {
    const isIdle = !this.isPaused && !this.isStopped && !this.isParked
    return isIdle && this.#next !== null && this.#retryAtMs <= nowMs
  }

  /** Fetches go on here, and what was asked for before is thrown away. */
  moveTo(offset: bigint): void {
    this.#next = offset
    this.isStopped = false
    this.#parked = []
    this.recovered()
    this.beginEpoch()
  }

  beginEpoch(): void {
    this.#epoch++
  }

  /** A response was read up to here. */
  advance(next: bigint): void {
    this.#next = next
  }

  /** Whether something is kept that could not be delivered yet. */
  get isParked(): boolean {
    return this.#parked.length > 0
  }

  /** Keeps what cannot be delivered now. */
  park(delivery: Delivery): void {
    this.#parked.push(delivery)
  }

  /** @returns what was kept, in order */
  unpark(): Delivery[] {
    const parked = this.#parked
    this.#parked = []
    return parked
  }

  /** @returns monotonic, when the shard is due again by its own back-off */
  failed(nowMs: number): number {
    this.#failingSinceMs ??= nowMs
    this.#retryAtMs = nowMs + this.#retries.failed()
    return this.#retryAtMs
  }

  /** Shards that fail are asked for again in one request. @param atMs monotonic */
  retryAt(atMs: number): void {
    this.#retryAtMs = atMs
  }

  recovered(): void {
    this.#failingSinceMs = null
    this.retryNow()
    this.#retries.reset()
  }

  /** What made the shard fail may be over. */
  retryNow(): void {
    this.#retryAtMs = -Infinity
  }
}
