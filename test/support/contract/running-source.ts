import { EventEmitter, once } from 'node:events'
import type {
  Assignment,
  CommitOutcome,
  FetchedBatch,
  FetchedRecord,
  LogSource,
  ReleaseReason,
  SourceEvent,
  SourceListener,
} from '../../../lib/kafka/log-source'
import { GroupConsumer } from '../../../lib/kafka/group-consumer'
import { SILENT_LOGGER } from '../../../lib/logger'
import type { ConsumerSettings } from '../../../lib/config/consumer-options'
import { optionsFor, type ServiceAddress } from '../../../tools/shared/consumer-options'

/** What a source has reported, and that it was about to give shards up. Answers come all the time. */
export type ReceivedEvent =
  | Exclude<SourceEvent, { type: 'alive' }>
  | { readonly type: 'release'; readonly reason: ReleaseReason }

export type ReceivedRecord = FetchedRecord & { readonly shard: number }

/** Milliseconds. Longer than any wait of a client inside its membership. */
const WAIT_MS = 25_000

/** One run of a source, what it has reported, and what it has delivered. */
export class RunningSource {
  readonly events: ReceivedEvent[] = []
  readonly records: ReceivedRecord[] = []
  /** Where delivery goes on, by shard: what may be committed. */
  readonly positions = new Map<number, bigint>()
  readonly outcomes: CommitOutcome[] = []
  /** How many events came, among them answers. */
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
    const { outcome } = await this.source.commit(this.positions)
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

  #note(event: ReceivedEvent | null): void {
    if (event) this.events.push(event)
    this.told++
    this.#events.emit('told')
  }

  #fetched(batch: FetchedBatch): void {
    const { shard, records, next } = batch
    for (const record of records.takeAll()) this.records.push({ shard, ...record })
    this.positions.set(shard, next)
    this.onFetched(batch)
  }

  readonly #listener: SourceListener = {
    onEvent: (event) => {
      if (event.type === 'fetched') this.#fetched(event.batch)
      if (event.type === 'position-reset') this.positions.delete(event.reset.shard)
      if (event.type === 'assigned') {
        const { kept } = event.assignment
        for (const shard of [...this.positions.keys()]) {
          if (!kept.has(shard)) this.positions.delete(shard)
        }
      }
      this.#note(event.type === 'alive' ? null : event)
    },
    beforeRelease: async (reason) => {
      this.#note({ type: 'release', reason })
      await this.beforeRelease(reason)
    },
  }
}
