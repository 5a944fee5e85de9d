import { EventEmitter, once } from 'node:events'
import type {
  Assignment,
  CommitOutcome,
  FetchedBatch,
  FetchedRecord,
  LogSource,
  LogSourceListener,
  PositionReset,
  ReleaseReason,
  UnreadableSpan,
} from '../../../lib/kafka/source'
import { GroupConsumer } from '../../../lib/kafka/group-consumer'
import { SILENT_LOGGER } from '../../../lib/logger'
import type { ConsumerSettings } from '../../../lib/options/consumer-options'
import { optionsFor, type ServiceAddress } from '../consumer-options'

/** What a source has told its listener, except of its answers, which come all the time. */
export type SourceEvent =
  | { readonly type: 'phase'; readonly phase: string }
  | { readonly type: 'assigned'; readonly assignment: Assignment }
  | { readonly type: 'fetched'; readonly batch: FetchedBatch }
  | { readonly type: 'caughtUp'; readonly shard: number }
  | { readonly type: 'reset'; readonly reset: PositionReset }
  | {
      readonly type: 'shardFailed'
      readonly shard: number
      readonly error: unknown
      readonly unreadable: UnreadableSpan | null
    }
  | { readonly type: 'release'; readonly reason: ReleaseReason }
  | { readonly type: 'other' }

export type ReceivedRecord = FetchedRecord & { readonly shard: number }

/** Milliseconds. Longer than any wait of a client inside its membership. */
const WAIT_MS = 25_000

/** One run of a source, what it has told, and what it has delivered. */
export class RunningSource {
  readonly events: SourceEvent[] = []
  readonly records: ReceivedRecord[] = []
  /** Where delivery goes on, by shard: what may be committed. */
  readonly positions = new Map<number, bigint>()
  readonly outcomes: CommitOutcome[] = []
  /** Times at which something was told, among them answers. */
  told = 0
  /** Called inside the source's own call, after the batch was noted. */
  onFetched: (batch: FetchedBatch) => void = () => undefined
  /** What the source waits for before it gives shards up; by default a commit of what was delivered. */
  beforeRelease: (reason: ReleaseReason) => Promise<void> = async () => {
    await this.commit()
  }
  readonly source: LogSource
  readonly #events = new EventEmitter()
  readonly #abort = new AbortController()
  #ended: Promise<void> | null = null

  constructor(service: ServiceAddress, settings: ConsumerSettings, clientId: string) {
    const consumer = optionsFor(service, settings)
    this.source = new GroupConsumer({ consumer, clientId, logger: SILENT_LOGGER }, this.#listener)
  }

  start(): this {
    this.#ended = this.source.run(this.#abort.signal)
    // Who waits for the end is told of its error.
    this.#ended.catch(() => undefined)
    return this
  }

  /** The promise of the run. */
  get ended(): Promise<void> {
    return this.#ended ?? Promise.resolve()
  }

  /** Ends the run. @throws what it ended with, if that was before */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.ended
  }

  /** Commits what was delivered. */
  async commit(): Promise<CommitOutcome> {
    const outcome = await this.source.commit(this.positions)
    this.outcomes.push(outcome)
    return outcome
  }

  seek(shard: number, offset: bigint): void {
    this.positions.set(shard, offset)
    this.source.seek(shard, offset)
  }

  /** Text of the values in the order of arrival. @param shard without it: of all shards */
  values(shard?: number): string[] {
    return this.records
      .filter((record) => shard === undefined || record.shard === shard)
      .map(({ value }) => value?.toString() ?? 'null')
  }

  get assignments(): Assignment[] {
    return this.events.flatMap((event) => (event.type === 'assigned' ? [event.assignment] : []))
  }

  /** Those of the last assignment. */
  get shards(): readonly number[] {
    return this.assignments.at(-1)?.shards ?? []
  }

  /** @param what completes the sentence "waited for ..." */
  async until(what: string, condition: () => boolean, waitMs = WAIT_MS): Promise<void> {
    const signal = AbortSignal.timeout(waitMs)
    try {
      while (!condition()) await once(this.#events, 'told', { signal })
    } catch (cause) {
      const shards = JSON.stringify(this.assignments.map((assignment) => assignment.shards))
      const got = `${this.records.length} records, assignments ${shards}`
      throw new Error(`waited for ${what}: ${got}`, { cause })
    }
  }

  untilRecords(count: number): Promise<void> {
    return this.until(`${count} records`, () => this.records.length >= count)
  }

  untilAssigned(times = 1): Promise<void> {
    return this.until(`assignment ${times}`, () => this.assignments.length >= times)
  }

  #tell(event?: SourceEvent): void {
    if (event) this.events.push(event)
    this.told++
    this.#events.emit('told')
  }

  #assigned(assignment: Assignment): void {
    for (const shard of [...this.positions.keys()]) {
      if (!assignment.kept.has(shard)) this.positions.delete(shard)
    }
    this.#tell({ type: 'assigned', assignment })
  }

  #fetched(batch: FetchedBatch): void {
    const { shard, records, next } = batch
    for (const record of records) this.records.push({ ...record, shard })
    this.positions.set(shard, next)
    this.onFetched(batch)
    this.#tell({ type: 'fetched', batch })
  }

  readonly #other = (): void => {
    this.#tell({ type: 'other' })
  }

  readonly #listener: LogSourceListener = {
    onPhase: (phase) => {
      this.#tell({ type: 'phase', phase })
    },
    onJoinWaits: this.#other,
    onAssigned: (assignment) => {
      this.#assigned(assignment)
    },
    onLeftOut: this.#other,
    onFetched: (batch) => {
      this.#fetched(batch)
    },
    onShardFailed: (shard, error, unreadable = null) => {
      this.#tell({ type: 'shardFailed', shard, error, unreadable })
    },
    onCaughtUp: (shard) => {
      this.#tell({ type: 'caughtUp', shard })
    },
    onCutShort: this.#other,
    onPositionReset: (reset) => {
      this.positions.delete(reset.shard)
      this.#tell({ type: 'reset', reset })
    },
    onThrottled: this.#other,
    onAnswer: () => {
      this.#tell()
    },
    onTrouble: this.#other,
    beforeRelease: async (reason) => {
      this.#tell({ type: 'release', reason })
      await this.beforeRelease(reason)
    },
  }
}
