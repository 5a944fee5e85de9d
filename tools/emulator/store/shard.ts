import type { Compression } from '../protocol/compression'
import { encodeRecordBatch, rebased, summaryOf } from '../protocol/record-batch'
import type { Log } from './log'
import { firstOffsetOf, groupIndexOf, indexInGroup } from './offsets'
import { recordShape } from './record-shape'
import { WriteRate } from './write-rate'

/** How log times appear in the millisecond field of a record; some SLS deployments put seconds there. */
type TimestampUnit = 'milliseconds' | 'seconds'

export interface ShardOptions {
  /** Index of the first log group, at most 2^46 - 1. */
  readonly startIndex: bigint
  readonly timestamps: TimestampUnit
  /** The oldest log groups are dropped while the shard holds more than this. The newest is always kept. */
  readonly retentionBytes: number
  /** What a log group holds beyond this is silently dropped; at most 131,072. */
  readonly maxGroupLogs: number
  /** Of batches whose compression is not chosen when they are written. */
  readonly compression: Compression
}

/** What was written at once; served forever as the record batch it was encoded into. */
interface LogGroup {
  readonly index: bigint
  /** How many offsets it takes; more than there are logs where some were filtered out. */
  readonly offsets: number
  readonly logs: number
  /** When the service got it, unix ms. Reading by time goes by this and not by the logs' own times. */
  readonly receiveTime: number
  readonly batch: Buffer
}

/** How many records a log group holds, and how many offsets it takes. */
export interface GroupContent {
  readonly count: number
  readonly offsets: number
}

/**
 * What is served in the place of a stored record batch; null leaves it out.
 *
 * @param isNewest whether it is the last one of its shard
 */
export type ServeBatch = (stored: Buffer, isNewest: boolean) => Buffer | null

export interface OffsetAtTime {
  readonly offset: bigint
  readonly timestamp: number
}

/** One shard: the log groups that are still kept, oldest first, with consecutive indices. */
export class Shard {
  readonly id: number
  /** Set by a split or merge: a parent is read until its logs expire, but never written again. */
  isReadOnly = false
  /** The service has removed the shard after all its logs expired; its id stays listed. */
  isReclaimed = false
  readonly writeRate = new WriteRate()
  #movedTo: number | null = null
  readonly #options: ShardOptions
  #groups: LogGroup[] = []
  #nextIndex: bigint
  #storedBytes = 0
  #storedLogs = 0
  readonly #appendListeners = new Set<() => void>()

  constructor(id: number, options: ShardOptions) {
    this.id = id
    this.#options = options
    this.#nextIndex = options.startIndex
  }

  /** The node id that the shard was moved to; null: it never was. */
  get leader(): number | null {
    return this.#movedTo
  }

  /** Gives the shard another leader. Fetches that wait for records look again. */
  moveTo(nodeId: number): void {
    this.#movedTo = nodeId
    this.#callListeners()
  }

  /** Offset of the oldest log kept, or of the next one to come. */
  get earliestOffset(): bigint {
    return firstOffsetOf(this.#groups[0]?.index ?? this.#nextIndex)
  }

  /** Offset of the next log group: well beyond the last log. */
  get highWatermark(): bigint {
    return firstOffsetOf(this.#nextIndex)
  }

  /** The last offset taken by the newest log group kept. */
  get lastOffset(): bigint | undefined {
    const newest = this.#groups.at(-1)
    return newest && firstOffsetOf(newest.index) + BigInt(newest.offsets - 1)
  }

  get bytes(): number {
    return this.#storedBytes
  }

  get logs(): number {
    return this.#storedLogs
  }

  /**
   * Stores logs as one log group and returns the offset of the first. `null` is a log that was
   * filtered out: it takes an offset, but is not served.
   */
  append(
    logs: readonly (Log | null)[],
    receiveTime: number,
    compression = this.#options.compression,
  ): bigint {
    const records = logs.slice(0, this.#options.maxGroupLogs).map(
      (log) =>
        log && {
          timestamp:
            this.#options.timestamps === 'seconds' ? Math.floor(log.time / 1000) : log.time,
          ...recordShape(log.fields),
        },
    )
    return this.#store(encodeRecordBatch(this.highWatermark, records, { compression }), receiveTime)
  }

  /** Stores a ready-made record batch as one log group, whatever it holds. */
  appendBatch(batch: Buffer, receiveTime: number): bigint {
    return this.#store(rebased(batch, this.highWatermark), receiveTime)
  }

  /** Drops the oldest log groups: those received before `time` (unix ms). */
  expire(time: number): void {
    const kept = this.#groups.findIndex(({ receiveTime }) => receiveTime >= time)
    this.#drop(kept < 0 ? this.#groups.length : kept)
  }

  /** Calls back after every append and move, until the returned function is called. */
  onAppend(listener: () => void): () => void {
    this.#appendListeners.add(listener)
    return () => this.#appendListeners.delete(listener)
  }

  isInRange(offset: bigint): boolean {
    return offset >= this.earliestOffset && offset <= this.highWatermark
  }

  /**
   * Whole batches from the one that holds `offset`; an offset between two log groups means the next one.
   * `needsOne`: the first batch is given even if it is larger than `maxBytes`.
   */
  read(
    offset: bigint,
    maxBytes: number,
    needsOne: boolean,
    serve: ServeBatch = (stored) => stored,
  ): Buffer[] {
    const batches: Buffer[] = []
    let bytes = 0
    for (let position = this.#positionOf(offset); position < this.#groups.length; position += 1) {
      const group = this.#groups[position]
      if (!group) break
      const batch = serve(group.batch, position === this.#groups.length - 1)
      if (!batch) continue
      const isAllowed = bytes + batch.length <= maxBytes || (needsOne && batches.length === 0)
      if (!isAllowed) break
      batches.push(batch)
      bytes += batch.length
    }
    return batches
  }

  /** First log group received at or after `time` (unix ms), as SLS's GetCursor finds it. */
  offsetAtTime(time: number): OffsetAtTime | undefined {
    const found = this.#groups.find(({ receiveTime }) => receiveTime >= time)
    return found && { offset: firstOffsetOf(found.index), timestamp: found.receiveTime }
  }

  #positionOf(offset: bigint): number {
    const oldest = this.#groups[0]
    if (!oldest) return 0
    const position = Number(groupIndexOf(offset) - oldest.index)
    const group = this.#groups[position]
    const isInGap = group !== undefined && indexInGroup(offset) >= group.offsets
    return isInGap ? position + 1 : position
  }

  /** Stores bytes that hold their own offsets, in whatever format, as one log group. */
  appendAsIs(bytes: Buffer, content: GroupContent, receiveTime: number): bigint {
    return this.#store(bytes, receiveTime, content)
  }

  #store(batch: Buffer, receiveTime: number, content = summaryOf(batch)): bigint {
    const baseOffset = this.highWatermark
    const { count, offsets } = content
    this.#groups.push({ index: this.#nextIndex, offsets, logs: count, receiveTime, batch })
    this.#nextIndex += 1n
    this.#storedBytes += batch.length
    this.#storedLogs += count
    this.#trim()
    this.#callListeners()
    return baseOffset
  }

  #callListeners(): void {
    for (const listener of [...this.#appendListeners]) listener()
  }

  #trim(): void {
    let bytes = this.#storedBytes
    let expired = 0
    while (bytes > this.#options.retentionBytes && expired < this.#groups.length - 1) {
      bytes -= this.#groups[expired]?.batch.length ?? 0
      expired += 1
    }
    this.#drop(expired)
  }

  #drop(count: number): void {
    for (const { batch, logs } of this.#groups.slice(0, count)) {
      this.#storedBytes -= batch.length
      this.#storedLogs -= logs
    }
    if (count > 0) this.#groups = this.#groups.slice(count)
  }
}
