import { within } from '../async'
import { withAdmin } from './admin-session'
import { REQUEST_TIMEOUT_MS } from './constants'
import type { AdminOptions, FetchedShard, KafkaAdmin } from './admin'
import type { FetchedRecord } from './log-source'

export interface LatestRecord extends FetchedRecord {
  readonly shard: number
}

export interface LatestRecordsOptions {
  /** Records, at most. */
  readonly count: number
  /** Limit of the whole search. Default 5,000. */
  readonly timeoutMs?: number
  /** Approximate limit of keys and values. Default 8 MiB. */
  readonly maxBytes?: number
}

const TIMEOUT_MS = 5_000
const MAX_BYTES = 8 * 1_048_576

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * How far back the search goes step by step, in milliseconds. Offsets cannot serve as steps: those of SLS
 * jump by up to 2^17, so that the last hundred offsets hold no record, or half a shard.
 */
const STEPS = [10_000, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY]

const LIMITS = { wait: 250, bytes: 4 * 1_048_576, bytesPerShard: 1_048_576 }

/** The requests of an admin client that a search for the latest records needs. */
export type RecordReader = Pick<
  KafkaAdmin,
  'fetch' | 'offsetsAt' | 'earliestOffsets' | 'endOffsets'
>

/**
 * Reads the newest records of a logstore over all its shards, without a group and without a commit. A
 * limit can end the search early, so that the very last records are missing. Shards that cannot be read
 * are left out as long as another shard has records.
 *
 * @returns records by their own time, newest first
 * @throws BrokerError of a refused request, or an error with the code ETIMEDOUT, if no record was found
 */
export async function readLatestRecords(
  session: RecordReader,
  { count, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES }: LatestRecordsOptions,
): Promise<LatestRecord[]> {
  const search = new Search(session, count, maxBytes)
  try {
    await within(search.run(), timeoutMs)
  } catch (error) {
    if (search.newest.length === 0) throw error
  } finally {
    search.stop()
  }
  if (search.newest.length === 0 && search.failure) throw search.failure
  return search.newest
}

/**
 * Reads the newest records of a logstore on a connection of its own.
 *
 * @param signal ends the search early
 * @throws BrokerError of a refused request, or an error with the code ETIMEDOUT, if no record was found
 */
export async function previewLogstore(
  options: AdminOptions,
  wanted: LatestRecordsOptions,
  signal?: AbortSignal,
): Promise<LatestRecord[]> {
  const timeoutMs = REQUEST_TIMEOUT_MS + (wanted.timeoutMs ?? TIMEOUT_MS)
  return withAdmin(
    options,
    async (session) => {
      await session.findLogstore()
      return readLatestRecords(session, wanted)
    },
    { timeoutMs, ...(signal && { signal }) },
  )
}

/** Offsets of a shard that are still to be read, from `at` up to and without `end`. */
interface Span {
  at: bigint
  readonly end: bigint
}

class Search {
  readonly #session: RecordReader
  readonly #count: number
  #bytesLeft: number
  #isStopped = false
  /** Offset from which each shard has been read; the end of the shard at first. */
  #begins = new Map<number, bigint>()
  newest: LatestRecord[] = []
  /** The error of the first shard that could not be read; null if all were read. */
  failure: Error | null = null

  constructor(session: RecordReader, count: number, bytes: number) {
    this.#session = session
    this.#count = count
    this.#bytesLeft = bytes
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Steps back until there are enough records. */
  async run(): Promise<void> {
    const now = Date.now()
    this.#begins = new Map(await this.#session.endOffsets())
    for (const step of STEPS) {
      await this.#readFrom(await this.#session.offsetsAt(now - step))
      if (this.#isDone || this.newest.length >= this.#count) return
    }
    await this.#readFrom(await this.#session.earliestOffsets())
  }

  get #isDone(): boolean {
    return this.#isStopped || this.#bytesLeft <= 0
  }

  /** Reads each shard from its offset up to where it has been read already. */
  async #readFrom(offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const spans = new Map<number, Span>()
    for (const [shard, at] of offsets) {
      const end = this.#begins.get(shard)
      if (end === undefined || at >= end) continue
      spans.set(shard, { at, end })
      this.#begins.set(shard, at)
    }
    while (spans.size > 0 && !this.#isDone) {
      const from = new Map([...spans].map(([shard, { at }]) => [shard, at]))
      const shardsRead = await this.#session.fetch(from, LIMITS)
      for (const shardRead of shardsRead) this.#take(shardRead, spans)
      // A shard can be missing while others fill a response. The end is a response without any record.
      if (shardsRead.every(({ next }) => next === null)) return
    }
  }

  #take(shardRead: FetchedShard, spans: Map<number, Span>): void {
    const { shard, records, next, failure } = shardRead
    const span = spans.get(shard)
    if (!span) return
    this.#bytesLeft -= sizeOf(records)
    this.failure ??= failure
    this.#keep(
      shard,
      records.filter(({ offset }) => BigInt(offset) >= span.at && BigInt(offset) < span.end),
    )
    if (next !== null && next > span.at && next < span.end && !failure) span.at = next
    else if (next !== null || failure) spans.delete(shard)
  }

  #keep(shard: number, records: readonly FetchedRecord[]): void {
    const found = records.map((record) => ({ ...record, shard }))
    this.newest = [...this.newest, ...found].sort(newestFirst).slice(0, this.#count)
  }
}

function newestFirst(one: LatestRecord, other: LatestRecord): number {
  const later = other.timestamp - one.timestamp || one.shard - other.shard
  return later || (BigInt(other.offset) > BigInt(one.offset) ? 1 : -1)
}

function sizeOf(records: readonly FetchedRecord[]): number {
  return records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)
}
