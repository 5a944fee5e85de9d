import { RetryBackoff } from '../../backoff'
import type { FetchedBatch } from '../log-source'

/** The part of a response for one shard that is not delivered yet. */
export type Delivery =
  | { readonly kind: 'batch'; readonly batch: FetchedBatch }
  | { readonly kind: 'caught-up' | 'cut-short' }

/** Where a fetch of a shard begins, and in which epoch of the shard it was sent. */
export interface FetchPosition {
  readonly epoch: number
  readonly offset: bigint
}

/** The fetch state of one assigned shard: position, pause, backoff and buffered responses. */
export class FetchState {
  readonly shard: number
  /** The broker whose loop fetches the shard; null while it has no leader. */
  nodeId: number | null = null
  isPaused = false
  /** True after a batch that cannot be read, until the shard is assigned again or a seek moves it. */
  isStopped = false
  /** Number of the last response with records of this shard. Shards with lower numbers are fetched first. */
  servedIn = 0
  readonly #retries = new RetryBackoff()
  #next: bigint | null = null
  #epoch = 0
  #buffered: Delivery[] = []
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

  /** The position of the next fetch. @param offset where the fetch begins, if not at the position */
  position(offset = this.#next ?? 0n): FetchPosition {
    return { epoch: this.#epoch, offset }
  }

  /**
   * Whether the response to a fetch from this position is still wanted. A seek, a reset, an unreadable batch
   * and another leader begin a new epoch. A fetch that was sent ahead is wanted only if the response before
   * was read up to its offset.
   */
  isCurrent({ epoch, offset }: FetchPosition): boolean {
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
    const isIdle = !this.isPaused && !this.isStopped && !this.hasBuffered
    return isIdle && this.#next !== null && this.#retryAtMs <= nowMs
  }

  /** Continues at this offset, and discards buffered responses and fetches under way. */
  moveTo(offset: bigint): void {
    this.#next = offset
    this.isStopped = false
    this.#buffered = []
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

  /** Whether a response is buffered. */
  get hasBuffered(): boolean {
    return this.#buffered.length > 0
  }

  /** Keeps a delivery until the shard can deliver. */
  buffer(delivery: Delivery): void {
    this.#buffered.push(delivery)
  }

  /** Removes the buffered deliveries. @returns them in order */
  takeBuffered(): Delivery[] {
    const parked = this.#buffered
    this.#buffered = []
    return parked
  }

  /** Counts a failure. @returns when the shard is due again by its own backoff, in monotonic ms */
  failed(nowMs: number): number {
    this.#failingSinceMs ??= nowMs
    this.#retryAtMs = nowMs + this.#retries.failed()
    return this.#retryAtMs
  }

  /** Sets the next attempt, so that failing shards share a request. @param atMs monotonic ms */
  retryAt(atMs: number): void {
    this.#retryAtMs = atMs
  }

  recovered(): void {
    this.#failingSinceMs = null
    this.retryNow()
    this.#retries.reset()
  }

  /** Makes the shard due, because the cause of its failure may be over. */
  retryNow(): void {
    this.#retryAtMs = -Infinity
  }
}
