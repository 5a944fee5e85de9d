import { within } from '../bounded'
import { askService } from './ask'
import { REQUEST_TIMEOUT } from './constants'
import type { AdminOptions, FetchedShard, KafkaAdmin } from './admin'
import type { FetchedRecord } from './source'

export interface PeekedRecord extends FetchedRecord {
  readonly shard: number
}

export interface PeekOptions {
  /** Records, at most. */
  readonly count: number
  /** Milliseconds for all of it. Default 5,000. */
  readonly timeout?: number
  /** Bytes of keys and values to read, about. Default 8 MiB. */
  readonly bytes?: number
}

const TIMEOUT = 5_000
const BYTES = 8 * 1_048_576

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * How far back the newest records are looked for, in milliseconds. By time, because offsets tell nothing:
 * those of SLS jump by up to 2^17, so that "a hundred before the end" holds no record, or half a shard.
 */
const STEPS = [10_000, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY]

const LIMITS = { wait: 250, bytes: 4 * 1_048_576, bytesPerShard: 1_048_576 }

/** The port to the service: the part of a session that changes nothing. */
export type PeekSession = Pick<KafkaAdmin, 'fetch' | 'offsetsAt' | 'earliestOffsets' | 'endOffsets'>

/**
 * The newest records of a logstore over all its shards, newest first by their own time, read without a
 * group and without a commit. Where so much comes that the bounds end the search, they are of the last
 * seconds, but not the very last ones. Shards that cannot be read are left out as long as another can.
 *
 * @throws what the service refused, or with the code ETIMEDOUT, if there is no record to show instead
 */
export async function peek(
  session: PeekSession,
  { count, timeout = TIMEOUT, bytes = BYTES }: PeekOptions,
): Promise<PeekedRecord[]> {
  const search = new Search(session, count, bytes)
  try {
    await within(search.run(), timeout)
  } catch (error) {
    if (search.newest.length === 0) throw error
  } finally {
    search.stop()
  }
  if (search.newest.length === 0 && search.failure) throw search.failure
  return search.newest
}

/** The same on a connection of its own, which is closed again. @param signal ends it early */
export async function peekLogstore(
  options: AdminOptions,
  wanted: PeekOptions,
  signal?: AbortSignal,
): Promise<PeekedRecord[]> {
  const timeout = REQUEST_TIMEOUT + (wanted.timeout ?? TIMEOUT)
  return askService(
    options,
    async (session) => {
      await session.findLogstore()
      return peek(session, wanted)
    },
    { timeout, ...(signal && { signal }) },
  )
}

/** What is to be read of a shard: from the one offset up to the other, without it. */
interface Span {
  at: bigint
  readonly end: bigint
}

class Search {
  readonly #session: PeekSession
  readonly #count: number
  #bytesLeft: number
  #isStopped = false
  /** Where what has been read of each shard begins; at first its end. */
  #begins = new Map<number, bigint>()
  newest: PeekedRecord[] = []
  /** Of the first shard that could not be read. */
  failure: Error | null = null

  constructor(session: PeekSession, count: number, bytes: number) {
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
      const answers = await this.#session.fetch(from, LIMITS)
      for (const answer of answers) this.#take(answer, spans)
      // A shard may have to wait while others fill an answer; nothing of any of them is the end.
      if (answers.every(({ next }) => next === null)) return
    }
  }

  #take(answer: FetchedShard, spans: Map<number, Span>): void {
    const { shard, records, next, failure } = answer
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

function newestFirst(one: PeekedRecord, other: PeekedRecord): number {
  const later = other.timestamp - one.timestamp || one.shard - other.shard
  return later || (BigInt(other.offset) > BigInt(one.offset) ? 1 : -1)
}

function sizeOf(records: readonly FetchedRecord[]): number {
  return records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)
}
