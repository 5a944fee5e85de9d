import { onAbort } from '../../lib/async'
import type {
  Assignment,
  CommitOutcome,
  CommitResult,
  FetchedRecord,
  LogSource,
  OffsetRange,
  SourceEvent,
  SourceListener,
} from '../../lib/kafka/log-source'
import { RecordList, sizeOf } from '../../lib/kafka/records/fetched-records'

/** A source that does what a test tells it, and remembers what it was told. */
export class FakeSource implements LogSource {
  readonly listener: SourceListener
  readonly commits: Record<number, string>[] = []
  readonly paused = new Set<number>()
  isWithinSession = true
  outcome: CommitOutcome = 'committed'
  /** Shards whose offset is taken although the commit as a whole fails. */
  takenAlone: ReadonlySet<number> = new Set()
  /** Until it has left the group. */
  isRunning = false
  /** Where reading was told to go on, by shard, the last one. */
  readonly positions: Record<number, string> = {}
  /** What the service holds, by shard. */
  ranges = new Map<number, OffsetRange>()
  /** By shard, whatever the time. */
  readonly timed = new Map<number, bigint>()
  /** Milliseconds that were asked for. */
  readonly times: number[] = []
  /** What look-ups and commits wait for. */
  gate: Promise<void> = Promise.resolve()
  #end: { resolve: () => void; reject: (error: unknown) => void } | null = null

  constructor(listener: SourceListener) {
    this.listener = listener
  }

  /** Committed offset by shard, the last one that was accepted. */
  get committed(): Record<number, string> {
    return Object.assign({}, ...this.commits) as Record<number, string>
  }

  async run(signal: AbortSignal): Promise<void> {
    this.isRunning = true
    this.emit({ type: 'connecting' })
    const ignoreAbort = onAbort(signal, () => {
      void this.listener.beforeRelease('stop').then(() => this.#end?.resolve())
    })
    await new Promise<void>((resolve, reject) => {
      this.#end = { resolve, reject }
    }).finally(() => {
      this.isRunning = false
      ignoreAbort()
    })
  }

  pause(shard: number): void {
    this.paused.add(shard)
  }

  resume(shard: number): void {
    this.paused.delete(shard)
  }

  seek(shard: number, offset: bigint): void {
    this.positions[shard] = String(offset)
  }

  async offsetRanges(): Promise<ReadonlyMap<number, OffsetRange>> {
    await this.gate
    return this.ranges
  }

  async offsetsAt(time: number): Promise<ReadonlyMap<number, bigint>> {
    this.times.push(time)
    await this.gate
    return this.timed
  }

  async commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitResult> {
    await this.gate
    const { outcome } = this
    const isTaken = (shard: number): boolean =>
      outcome === 'committed' || (outcome === 'failed' && this.takenAlone.has(shard))
    const taken = [...offsets].filter(([shard]) => isTaken(shard))
    if (taken.length > 0) {
      this.commits.push(Object.fromEntries(taken.map(([shard, offset]) => [shard, String(offset)])))
    }
    return { outcome, shards: new Set(taken.map(([shard]) => shard)) }
  }

  emit(event: SourceEvent): void {
    this.listener.onEvent(event)
  }

  assign(shards: readonly number[], changes: Partial<Assignment> = {}): void {
    this.emit({ type: 'joining' })
    this.emit({
      type: 'assigned',
      assignment: { shards, kept: new Set(), total: shards.length, ...changes },
    })
    this.emit({ type: 'alive' })
  }

  /** Delivers one batch whose records follow each other. */
  deliver(shard: number, firstOffset: bigint, values: readonly (string | null)[]): void {
    const records = values.map((value, index) => record(firstOffset + BigInt(index), value))
    this.emit({
      type: 'fetched',
      batch: {
        shard,
        records: new RecordList(records),
        next: firstOffset + BigInt(values.length),
      },
    })
  }

  fail(error: unknown): void {
    this.#end?.reject(error)
  }
}

export function record(offset: bigint, value: string | null): FetchedRecord {
  const bytes = value === null ? null : Buffer.from(value)
  return {
    offset: String(offset),
    key: null,
    value: bytes,
    timestamp: 1795342764638,
    size: sizeOf(bytes?.length ?? 0, 0),
  }
}
