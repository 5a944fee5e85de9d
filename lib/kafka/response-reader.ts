import type { Clock } from '../clock'
import { SlsKafkaError } from '../errors'
import type { Cluster } from './cluster'
import { BrokerError, UNKNOWN_TOPIC_OR_PARTITION } from './error-codes'
import type { FetchResponse, FetchedShardSet } from './fetch-response'
import type { Ask, Delivery, FetchShard } from './fetch-shard'
import { listShardOffsets } from './offsets'
import { reactionTo } from './reactions'
import { EARLIEST } from './requests'
import type { ShardDirectory } from './shard-directory'
import type { FetchedRecord, SourceEvent } from './source'
import { unreadableBatch, type UnreadableBatchError } from './unreadable-batch'

/** What a fetcher reports of the shards and of its requests. */
export type FetchEvent = Extract<
  SourceEvent,
  {
    type:
      | 'fetched'
      | 'caught-up'
      | 'cut-short'
      | 'shard-failed'
      | 'position-reset'
      | 'answer'
      | 'trouble'
  }
>

/** What one fetch asked. A shard that is assigned again is another object. */
export type Asked = ReadonlyMap<FetchShard, Ask>

export interface ResponseReaderParts {
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

/** Judges each shard of a fetch response by itself, and delivers its records in order and once. */
export class ResponseReader {
  readonly #shards: ReadonlyMap<number, FetchShard>
  readonly #parts: ResponseReaderParts
  #responses = 0

  constructor(shards: ReadonlyMap<number, FetchShard>, parts: ResponseReaderParts) {
    this.#shards = shards
    this.#parts = parts
  }

  /**
   * @param asked what was asked of each shard. A shard is passed over if that does not count any more, or if
   * it was assigned again since
   * @returns whether there were records
   * @throws BrokerError that ends the membership
   */
  read(response: FetchResponse, asked: Asked): boolean {
    this.#responses++
    const sets = response.shards.filter(({ shard }) => this.#isCurrent(shard, asked))
    const { onEvent } = this.#parts
    const refused = sets.filter(({ errorCode }) => errorCode !== 0)
    if (refused.length < sets.length) onEvent({ type: 'answer' })
    const isWhole = refused.length === sets.length
    this.#refused(refused, isWhole)
    for (const set of sets) if (set.errorCode === 0) this.#take(set)
    return sets.some(({ records }) => records.length > 0)
  }

  deliverParked(shard: FetchShard): void {
    for (const delivery of shard.unpark()) this.#deliver(shard, delivery)
  }

  /** The shard is left alone for a while; reported if that goes on for some time. */
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

  /** Failing shards are asked for again together, or each would add requests of its own. */
  #aligned(shard: FetchShard, retryAtMs: number, nowMs: number): number {
    const longestMs = nowMs + 2 * (retryAtMs - nowMs)
    for (const other of this.#shards.values()) {
      const isFailing = other !== shard && other.failingSinceMs !== null
      const isNear = other.retryAtMs > nowMs && other.retryAtMs <= longestMs
      if (isFailing && isNear) return other.retryAtMs
    }
    return retryAtMs
  }

  #isCurrent(id: number, asked: Asked): boolean {
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
      const reaction = reactionTo('Fetch', errorCode)
      const error = new BrokerError('Fetch', errorCode)
      if (reaction === 'end') throw error
      if (reaction === 'refresh-metadata') this.#parts.onLeadersStale()
      if (reaction === 'reset-position') outOfRange.push(shard)
      else {
        trouble ??= error
        // Said of every shard, it is the logstore that does not exist.
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
      // What precedes an unreadable batch is delivered first; the next fetch begins with that batch.
      const batch = { shard: set.shard, next, records: notBefore(position, records) }
      this.#deliver(shard, { kind: 'batch', batch })
    } else if (unreadable) this.#stop(shard, unreadable)
    else if (lastOffset !== null) this.failed(set.shard, nothingNew(set.shard, position))
    else {
      this.#recovered(shard)
      this.#deliver(shard, { kind: isCutShort ? 'cut-short' : 'caught-up' })
    }
  }

  #deliver(shard: FetchShard, delivery: Delivery): void {
    if (this.#shards.get(shard.shard) !== shard) return
    if (shard.isPaused || !this.#parts.mayDeliver()) {
      if (delivery.kind === 'batch') shard.park(delivery)
      return
    }
    const { onEvent } = this.#parts
    if (delivery.kind === 'batch') onEvent({ type: 'fetched', batch: delivery.batch })
    else onEvent({ type: delivery.kind, shard: shard.shard })
  }

  #stop(shard: FetchShard, error: UnreadableBatchError): void {
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

  /** A shard is read again: what made it fail is likely to be over for others as well. */
  #recovered(shard: FetchShard): void {
    if (shard.failingSinceMs === null) return
    shard.recovered()
    for (const other of this.#shards.values()) other.retryNow()
  }

  /** Never rejects. */
  async #resetPositions(ids: readonly number[]): Promise<void> {
    const { cluster, directory, onEvent, logstore } = this.#parts
    const asked = new Map<FetchShard, Ask>()
    for (const id of ids) {
      const shard = this.#shards.get(id)
      if (shard) asked.set(shard, shard.ask())
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

  #reset(id: number, found: bigint): void {
    const shard = this.#shards.get(id)
    const lost = shard?.next
    if (!shard || lost === null || lost === undefined) return
    shard.beginEpoch()
    shard.advance(found)
    const reset = { shard: id, lost: String(lost), found: String(found) }
    this.#parts.onEvent({ type: 'position-reset', reset })
  }
}

/** A batch comes whole, so that it can begin with records that were not asked for. */
function notBefore(position: bigint, records: readonly FetchedRecord[]): readonly FetchedRecord[] {
  const first = records[0]
  if (!first || BigInt(first.offset) >= position) return records
  return records.filter(({ offset }) => BigInt(offset) >= position)
}

function nothingNew(shard: number, position: bigint): SlsKafkaError {
  const detail = `the service sends only records before offset ${position} of shard ${shard}`
  return new SlsKafkaError('SLS_SERVICE_ERROR', { detail })
}
