import type { Clock } from '../../clock'
import { SlsKafkaError } from '../../errors'
import type { Cluster } from '../cluster/cluster'
import { BrokerError, UNKNOWN_TOPIC_OR_PARTITION } from '../cluster/error-codes'
import type { FetchResponse, FetchedShardSet } from './fetch-response'
import type { FetchPosition, Delivery, FetchState } from './fetch-state'
import { listShardOffsets } from '../group/offsets'
import { errorAction } from '../cluster/error-actions'
import { EARLIEST } from '../group/offset-requests'
import type { ShardDirectory } from '../cluster/shard-directory'
import type { SourceEvent } from '../log-source'
import { unreadableBatch, type UnreadableBatchError } from '../records/record-set'

/** Events of a fetcher about its shards and requests. */
export type FetchEvent = Extract<
  SourceEvent,
  {
    type:
      | 'fetched'
      | 'caught-up'
      | 'cut-short'
      | 'shard-failed'
      | 'position-reset'
      | 'alive'
      | 'trouble'
  }
>

/** The positions of one fetch, by shard. A shard that is assigned again is another object. */
export type FetchPositions = ReadonlyMap<FetchState, FetchPosition>

export interface FetchResponseHandlerParts {
  readonly logstore: string
  readonly cluster: Cluster
  readonly directory: ShardDirectory
  readonly clock: Clock
  readonly onEvent: (event: FetchEvent) => void
  readonly mayDeliver: () => boolean
  readonly onLeadersStale: () => void
}

/** A shard that fails for this long is reported. */
const SHARD_GRACE_MS = 5_000

/** Handles each shard of a fetch response by its own error code, and delivers its records in order and once. */
export class FetchResponseHandler {
  readonly #shards: ReadonlyMap<number, FetchState>
  readonly #parts: FetchResponseHandlerParts
  #responses = 0

  constructor(shards: ReadonlyMap<number, FetchState>, parts: FetchResponseHandlerParts) {
    this.#shards = shards
    this.#parts = parts
  }

  /**
   * @param asked the positions of the fetch. Shards that have moved or were assigned again are ignored
   * @returns whether there were records
   * @throws BrokerError that ends the membership
   */
  handle(response: FetchResponse, asked: FetchPositions): boolean {
    this.#responses++
    const sets = response.shards.filter(({ shard }) => this.#isCurrent(shard, asked))
    const { onEvent } = this.#parts
    const refused = sets.filter(({ errorCode }) => errorCode !== 0)
    if (refused.length < sets.length) onEvent({ type: 'alive' })
    const isWhole = refused.length === sets.length
    this.#refused(refused, isWhole)
    const hasRecords = sets.some(({ records }) => records.length > 0)
    for (const set of sets) {
      // Another part of the same shard can have moved the position.
      if (set.errorCode === 0 && this.#isCurrent(set.shard, asked)) this.#take(set)
    }
    return hasRecords
  }

  deliverBuffered(shard: FetchState): void {
    for (const delivery of shard.takeBuffered()) this.#deliver(shard, delivery)
  }

  /** Backs a failing shard off. Reports the shard after `SHARD_GRACE_MS`. */
  failed(id: number, error: unknown): void {
    const failingMs = this.#backOff(id)
    if (failingMs < SHARD_GRACE_MS) return
    this.#parts.onEvent({ type: 'shard-failed', shard: id, error, unreadable: null })
  }

  /** @returns for how long the shard will have failed before the next attempt, in milliseconds */
  #backOff(id: number): number {
    const shard = this.#shards.get(id)
    if (!shard) return 0
    const nowMs = this.#parts.clock.monotonic()
    const retryAtMs = this.#aligned(shard, shard.failed(nowMs), nowMs)
    shard.retryAt(retryAtMs)
    return retryAtMs - (shard.failingSinceMs ?? nowMs)
  }

  /** Moves the retry to that of another failing shard, so that failing shards share a request. */
  #aligned(shard: FetchState, retryAtMs: number, nowMs: number): number {
    const longestMs = nowMs + 2 * (retryAtMs - nowMs)
    for (const other of this.#shards.values()) {
      const isFailing = other !== shard && other.failingSinceMs !== null
      const isNear = other.retryAtMs > nowMs && other.retryAtMs <= longestMs
      if (isFailing && isNear) return other.retryAtMs
    }
    return retryAtMs
  }

  #isCurrent(id: number, asked: FetchPositions): boolean {
    const shard = this.#shards.get(id)
    if (!shard) return false
    const ask = asked.get(shard)
    return ask !== undefined && shard.isCurrent(ask)
  }

  /** @param isWhole no shard of the response was served */
  #refused(sets: readonly FetchedShardSet[], isWhole: boolean): void {
    const outOfRange: number[] = []
    let trouble: BrokerError | null = null
    for (const { shard, errorCode } of sets) {
      const action = errorAction('Fetch', errorCode)
      const error = new BrokerError('Fetch', errorCode)
      if (action === 'end') throw error
      if (action === 'refresh-metadata') this.#parts.onLeadersStale()
      if (action === 'reset-position') outOfRange.push(shard)
      else {
        trouble ??= error
        // The error of every shard means that the logstore does not exist.
        if (isWhole && errorCode === UNKNOWN_TOPIC_OR_PARTITION) this.#backOff(shard)
        else this.failed(shard, error)
      }
    }
    if (trouble && isWhole) this.#parts.onEvent({ type: 'trouble', error: trouble })
    if (outOfRange.length > 0) void this.#resetPositions(outOfRange)
  }

  #take(set: FetchedShardSet): void {
    const shard = this.#shards.get(set.shard)
    const position = shard?.next
    if (!shard || position === null || position === undefined) return
    const { records, lastOffset, unreadable, isCutShort } = set
    if (lastOffset !== null && lastOffset >= position) {
      this.#recovered(shard)
      if (records.length > 0) shard.servedIn = this.#responses
      const next = lastOffset + 1n
      shard.advance(next)
      // Records before an unreadable batch are delivered first; the next fetch begins with that batch.
      const batch = { shard: set.shard, next, records }
      this.#deliver(shard, { kind: 'batch', batch })
    } else if (unreadable) this.#stop(shard, unreadable)
    else if (lastOffset !== null) this.failed(set.shard, nothingNew(set.shard, position))
    else {
      this.#recovered(shard)
      this.#deliver(shard, { kind: isCutShort ? 'cut-short' : 'caught-up' })
    }
  }

  #deliver(shard: FetchState, delivery: Delivery): void {
    if (this.#shards.get(shard.shard) !== shard) return
    if (shard.isPaused || !this.#parts.mayDeliver()) {
      if (delivery.kind === 'batch') shard.buffer(delivery)
      return
    }
    const { onEvent } = this.#parts
    if (delivery.kind === 'batch') onEvent({ type: 'fetched', batch: delivery.batch })
    else onEvent({ type: delivery.kind, shard: shard.shard })
  }

  #stop(shard: FetchState, error: UnreadableBatchError): void {
    shard.isStopped = true
    shard.beginEpoch()
    const { offset: first, lastOffset: last } = error
    this.#parts.onEvent({
      type: 'shard-failed',
      shard: shard.shard,
      error: unreadableBatch(shard.shard, error),
      unreadable: { first, last },
    })
  }

  /** Retries all failing shards when one has recovered, because they often share a cause. */
  #recovered(shard: FetchState): void {
    if (shard.failingSinceMs === null) return
    shard.recovered()
    for (const other of this.#shards.values()) other.retryNow()
  }

  /** Never rejects. */
  async #resetPositions(ids: readonly number[]): Promise<void> {
    const { cluster, directory, onEvent, logstore } = this.#parts
    const asked = new Map<FetchState, FetchPosition>()
    for (const id of ids) {
      const shard = this.#shards.get(id)
      if (shard) asked.set(shard, shard.position())
      this.#backOff(id)
    }
    try {
      const request = { logstore, shards: ids, time: EARLIEST }
      const { offsets, refused } = await listShardOffsets(cluster, directory, request)
      for (const [id, found] of offsets) if (this.#isCurrent(id, asked)) this.#reset(id, found)
      const [first] = refused.values()
      if (first) onEvent({ type: 'trouble', error: first })
    } catch (error) {
      onEvent({ type: 'trouble', error })
    }
  }

  #reset(id: number, newOffset: bigint): void {
    const shard = this.#shards.get(id)
    const previousOffset = shard?.next
    if (!shard || previousOffset === null || previousOffset === undefined) return
    shard.beginEpoch()
    shard.advance(newOffset)
    const reset = {
      shard: id,
      previousOffset: String(previousOffset),
      newOffset: String(newOffset),
    }
    this.#parts.onEvent({ type: 'position-reset', reset })
  }
}

function nothingNew(shard: number, position: bigint): SlsKafkaError {
  const detail = `the service sends only records before offset ${position} of shard ${shard}`
  return new SlsKafkaError('SLS_SERVICE_ERROR', { detail })
}
