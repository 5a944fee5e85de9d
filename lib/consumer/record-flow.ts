import type { Clock } from '../clock'
import { RateLimit } from '../delivery/rate-limit'
import { Shard } from '../delivery/shard'
import { SlsKafkaError, reasonOf } from '../errors'
import type { Assignment, FetchedBatch, FetchedRecord, LogSource } from '../kafka/source'
import { RateMeter } from '../metrics'
import type { ConsumerOptions } from '../options/consumer-options'
import { Committer } from './committer'
import { decodeRecord, type DecodedRecord } from './decoded-record'
import { batchMessage, recordMessage, type Message, type RecordMessage } from './message'
import { Sender } from './sender'

export interface RecordFlowPorts {
  readonly clock: Clock
  /** Gives a message to the flow. */
  readonly send: (message: Message) => void
  /** A record that could not be decoded or sent; it counts as done. */
  readonly onRecordError: (error: SlsKafkaError, message: RecordMessage) => void
}

/** A paused shard is fetched again when this share of its memory is left. */
const RESUME_AT = 0.5

const ONE_BY_ONE = { size: 1, wait: 0 } as const

/** The way of the records of one membership: fetched, queued, sent, committed. */
export class RecordFlow {
  readonly #options: ConsumerOptions
  readonly #ports: RecordFlowPorts
  readonly #source: LogSource
  readonly #shards = new Map<number, Shard<FetchedRecord>>()
  readonly #sender: Sender
  readonly #committer: Committer
  readonly #rate = new RateMeter()
  readonly #stopCommitting: () => void

  constructor(options: ConsumerOptions, ports: RecordFlowPorts, source: LogSource) {
    const { clock } = ports
    this.#options = options
    this.#ports = ports
    this.#source = source
    this.#committer = new Committer(source, this.#shards, clock)
    this.#sender = new Sender({
      clock,
      batch: options.batch ?? ONE_BY_ONE,
      limit: options.maxRate === null ? null : new RateLimit(options.maxRate, clock.now()),
      deliver: (shard, records) => {
        this.#deliver(shard, records)
      },
    })
    this.#stopCommitting = clock.every(options.commitInterval, () => {
      void this.#committer.tick()
    })
  }

  get shards(): number {
    return this.#shards.size
  }

  get isCaughtUp(): boolean {
    return [...this.#shards.values()].every((shard) => shard.delay.isCaughtUp)
  }

  rate(now: number): number {
    return this.#rate.perSecond(now)
  }

  delaySeconds(now: number): number {
    const delays = [...this.#shards.values()].map((shard) => shard.delay.delay(now))
    return Math.round(Math.max(0, ...delays) / 1000)
  }

  assigned({ shards, kept }: Assignment): void {
    for (const id of [...this.#shards.keys()]) if (!kept.has(id)) this.#shards.delete(id)
    for (const id of shards) if (!this.#shards.has(id)) this.#shards.set(id, new Shard(id))
    this.#sender.assign(this.#shards.values())
  }

  fetched({ shard: id, records, next }: FetchedBatch): void {
    const shard = this.#shards.get(id)
    if (!shard) return
    shard.fetched(records, next, this.#ports.clock.now())
    if (!shard.isPaused && shard.queue.bytes > this.#bytesPerShard) {
      shard.isPaused = true
      this.#source.pause(id)
    }
    this.#sender.wake()
  }

  caughtUp(id: number): void {
    this.#shards.get(id)?.caughtUp()
  }

  positionReset(id: number): void {
    this.#shards.get(id)?.ledger.reset()
  }

  /**
   * Before shards may move, nothing more is sent and what is due is committed. At a stop that is all
   * that was sent; before a rebalance only what was held back for its interval, because the process
   * goes on working on the rest and could still crash.
   */
  async release(reason: 'rebalance' | 'stop'): Promise<void> {
    this.#sender.hold()
    await (reason === 'stop' ? this.#committer.commitAll() : this.#committer.commitDue())
  }

  /** The membership is over. */
  end(): void {
    this.#stopCommitting()
    this.#sender.hold()
    this.#shards.clear()
  }

  get #bytesPerShard(): number {
    return this.#options.maxInFlightBytes / Math.max(1, this.#shards.size)
  }

  #deliver(shard: Shard<FetchedRecord>, fetched: readonly FetchedRecord[]): void {
    const records = fetched.map((record) => decodeRecord(record, shard.id, this.#options.format))
    for (const record of records) {
      const { error } = record
      if (error) this.#ports.onRecordError(error, recordMessage(record, shard.id, this.#options))
    }
    this.#send(
      shard.id,
      records.filter(({ error }) => error === null),
    )
    const now = this.#ports.clock.now()
    this.#rate.add(records.length, now)
    shard.delay.sent(records.at(-1)?.timestamp ?? now)
    if (shard.isPaused && shard.queue.bytes <= this.#bytesPerShard * RESUME_AT) {
      shard.isPaused = false
      this.#source.resume(shard.id)
    }
  }

  #send(shard: number, records: readonly DecodedRecord[]): void {
    const message = this.#options.batch
      ? batchMessage(records, shard, this.#options)
      : records[0] && recordMessage(records[0], shard, this.#options)
    if (!message) return
    try {
      this.#ports.send(message)
    } catch (error) {
      // Node-RED copies the message for a second wire; a value nested too deeply breaks that, and an
      // exception here would end the process.
      const params = { shard, offset: message.offset, detail: reasonOf(error) }
      const failure = new SlsKafkaError('SLS_SEND_FAILED', params, error)
      this.#ports.onRecordError(failure, { ...message, payload: null, value: null, key: null })
    }
  }
}
