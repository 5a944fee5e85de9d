import { onAbort } from '../../lib/abort'
import type {
  Assignment,
  CommitOutcome,
  FetchedRecord,
  LogSource,
  LogSourceListener,
  OffsetRange,
} from '../../lib/kafka/source'

/** A source that does what a test tells it, and remembers what it was told. */
export class FakeSource implements LogSource {
  readonly listener: LogSourceListener
  readonly commits: Record<number, string>[] = []
  readonly paused = new Set<number>()
  isWithinSession = true
  outcome: CommitOutcome = 'committed'
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

  constructor(listener: LogSourceListener) {
    this.listener = listener
  }

  /** Committed offset by shard, the last one that was accepted. */
  get committed(): Record<number, string> {
    return Object.assign({}, ...this.commits) as Record<number, string>
  }

  async run(signal: AbortSignal): Promise<void> {
    this.isRunning = true
    this.listener.onPhase('connecting')
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

  async commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitOutcome> {
    await this.gate
    if (this.outcome === 'committed') {
      this.commits.push(
        Object.fromEntries([...offsets].map(([shard, offset]) => [shard, String(offset)])),
      )
    }
    return this.outcome
  }

  assign(shards: readonly number[], changes: Partial<Assignment> = {}): void {
    this.listener.onPhase('joining')
    this.listener.onAssigned({ shards, kept: new Set(), total: shards.length, ...changes })
    this.listener.onAnswer()
  }

  /** Delivers one batch whose records follow each other. */
  deliver(shard: number, firstOffset: bigint, values: readonly (string | null)[]): void {
    const records = values.map((value, index) => record(firstOffset + BigInt(index), value))
    this.listener.onFetched({ shard, records, next: firstOffset + BigInt(values.length) })
  }

  fail(error: unknown): void {
    this.#end?.reject(error)
  }
}

export function record(offset: bigint, value: string | null): FetchedRecord {
  return {
    offset: String(offset),
    key: null,
    value: value === null ? null : Buffer.from(value),
    timestamp: '1795342764638',
  }
}
