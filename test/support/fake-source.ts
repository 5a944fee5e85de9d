import { onAbort } from '../../lib/abort'
import type {
  Assignment,
  CommitOutcome,
  FetchedRecord,
  LogSource,
  LogSourceListener,
} from '../../lib/kafka/source'

/** A source that does what a test tells it, and remembers what it was told. */
export class FakeSource implements LogSource {
  readonly listener: LogSourceListener
  readonly commits: Record<number, string>[] = []
  readonly paused = new Set<number>()
  outcome: CommitOutcome = 'committed'
  #end: { resolve: () => void; reject: (error: unknown) => void } | null = null

  constructor(listener: LogSourceListener) {
    this.listener = listener
  }

  /** Committed offset by shard, the last one that was accepted. */
  get committed(): Record<number, string> {
    return Object.assign({}, ...this.commits) as Record<number, string>
  }

  async run(signal: AbortSignal): Promise<void> {
    this.listener.onPhase('connecting')
    const ignoreAbort = onAbort(signal, () => {
      void this.listener.beforeRelease('stop').then(() => this.#end?.resolve())
    })
    await new Promise<void>((resolve, reject) => {
      this.#end = { resolve, reject }
    }).finally(ignoreAbort)
  }

  pause(shard: number): void {
    this.paused.add(shard)
  }

  resume(shard: number): void {
    this.paused.delete(shard)
  }

  commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitOutcome> {
    if (this.outcome === 'committed') {
      this.commits.push(
        Object.fromEntries([...offsets].map(([shard, offset]) => [shard, String(offset)])),
      )
    }
    return Promise.resolve(this.outcome)
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
