import type { Batch } from 'kafkajs'
import { largest } from '../largest'
import { SHARD_GRACE, THROTTLE_TOLD } from './constants'
import { findingsOf, throttleTimeOf } from './hardening/fetched-records'
import type { BatchInternals } from './internals'
import type { Membership } from './membership'
import type { FetchedRecord, LogSourceListener } from './source'
import { UnreadableBatchError, unreadableBatch } from './unreadable-batch'

type ReadingListener = Pick<
  LogSourceListener,
  'onFetched' | 'onCaughtUp' | 'onCutShort' | 'onShardFailed' | 'onThrottled'
>

/** What the fetches of one membership bring, in order and without a record twice. */
export class Reading {
  readonly #membership: Membership
  readonly #listener: ReadingListener
  readonly #paused = new Set<number>()
  /** Shards whose fetches fail, and since when. */
  readonly #failing = new Map<number, number>()

  constructor(membership: Membership, listener: ReadingListener) {
    this.#membership = membership
    this.#listener = listener
  }

  /** Some shard is to be fetched, and can be. */
  get isActive(): boolean {
    const { shards } = this.#membership
    return [...shards].some((shard) => !this.#paused.has(shard) && !this.#failing.has(shard))
  }

  pause(shard: number): void {
    this.#paused.add(shard)
  }

  resume(shard: number): void {
    this.#paused.delete(shard)
  }

  /** It goes on here. */
  moveTo(shard: number, offset: bigint): void {
    this.#failing.delete(shard)
    this.#membership.moveTo(shard, offset)
  }

  /** Shards were assigned anew. */
  assigned(): void {
    this.#failing.clear()
  }

  /** An answer, before its records are given out: kafkajs shows nobody what is empty. */
  answered(batches: readonly BatchInternals[]): void {
    const rests = batches.map(({ rawMessages }) => throttleTimeOf(rawMessages))
    const rest = largest(rests, 0)
    if (rest >= THROTTLE_TOLD) this.#listener.onThrottled(rest)
    for (const batch of batches) {
      if (this.#membership.isElsewhere(batch)) continue
      this.#failing.delete(batch.partition)
      if (batch.isEmptyDueToFiltering()) this.#advance(batch.partition, batch.lastOffset(), [])
      else if (batch.rawMessages.length === 0) {
        if (hasMore(batch)) this.#listener.onCutShort(batch.partition)
        else this.#listener.onCaughtUp(batch.partition)
      }
    }
  }

  /** @returns false if the records are not wanted any more, or not from there */
  fetched(batch: Batch): boolean {
    if (this.#membership.isElsewhere(batch as unknown as BatchInternals)) return false
    // By our own reader (hardening/record-batches.ts), which kafkajs's types know nothing of.
    const records = batch.messages as unknown as readonly FetchedRecord[]
    return this.#advance(batch.partition, batch.lastOffset(), records)
  }

  failed(shard: number, error: Error, isGivenUp: boolean): void {
    const since = this.#failing.get(shard) ?? Date.now()
    this.#failing.set(shard, since)
    if (isGivenUp && error instanceof UnreadableBatchError) {
      const { offset: first, lastOffset: last } = error
      this.#listener.onShardFailed(shard, unreadableBatch(shard, error), { first, last })
    } else if (Date.now() - since >= SHARD_GRACE) {
      this.#listener.onShardFailed(shard, error)
    }
  }

  /** @returns false if the shard is not read any more */
  #advance(shard: number, lastOffset: string, records: readonly FetchedRecord[]): boolean {
    if (!this.#membership.owns(shard)) return false
    const position = this.#membership.position(shard)
    const next = BigInt(lastOffset) + 1n
    if (position === undefined || next > position) {
      this.#membership.advance(shard, next)
      this.#listener.onFetched({ shard, next, records: notBefore(position, records) })
    }
    return true
  }
}

/** Something came for the shard, or could have come, although no record of it was read. */
function hasMore({ rawMessages }: BatchInternals): boolean {
  const findings = findingsOf(rawMessages)
  return findings !== undefined && (findings.isCutShort || findings.lastOffset !== null)
}

/** After a seek the service may answer with a batch that begins earlier than what was asked for. */
function notBefore(
  position: bigint | undefined,
  records: readonly FetchedRecord[],
): readonly FetchedRecord[] {
  const first = records[0]
  if (position === undefined || !first || BigInt(first.offset) >= position) return records
  return records.filter(({ offset }) => BigInt(offset) >= position)
}
