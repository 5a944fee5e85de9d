import type { Clock } from '../clock'
import type { WriteLimits, WriteOrder } from '../config/writer-options'
import type { BrokerError } from '../kafka/cluster/error-codes'
import type { BatchResult, BatchSource, OutgoingRequest } from '../kafka/produce/producer-types'
import { errorAction } from '../kafka/cluster/error-actions'
import type { WriteCompression } from '../kafka/records/record-batch-encoder'
import { isTooOldToWrite } from '../sls/log-rules'
import { ShardChoice } from './shard-choice'
import { SingleShardOrder, SpreadOrder } from './shard-order'
import type { BufferedLog, WriteBatch } from './write-batch'
import { WriteQueue } from './write-queue'

/** Most bytes of one request. A connection without a response ends later, the more bytes were sent. */
const MAX_REQUEST_BYTES = 2 * 1_048_576

/** A batch that every shard has refused for this time is rejected: the error for a quota is not documented. */
const REFUSED_FOR_MS = 60_000

export interface BatchSenderOptions {
  readonly order: WriteOrder
  /** Name of the writer, which chooses its shard with the order `shard`. */
  readonly name: string
  readonly compression: WriteCompression
  readonly limits: WriteLimits
  readonly lingerMs: number
}

/** The parts that a batch sender reports to. */
export interface BatchSenderPorts {
  readonly clock: Clock
  /** Shards of the logstore, ascending. */
  readonly shards: () => readonly number[]
  /** Whether the shard has a leader that responds. */
  readonly isReachable: (shard: number) => boolean
  readonly onWritten: (batch: WriteBatch, shard: number, offset: bigint | null) => void
  /** The service does not take these logs, and no further attempt is made. */
  readonly onRefused: (logs: readonly BufferedLog[], error: BrokerError) => void
  /** These logs have become too old in the buffer. */
  readonly onTooOld: (logs: readonly BufferedLog[]) => void
  /** A shard refused a batch, and none can take it now. */
  readonly onStuck: (error: BrokerError) => void
}

/** Assigns batches to shards before they are sent, and decides what follows from each result. */
export class BatchSender implements BatchSource {
  readonly queue: WriteQueue
  readonly choice: ShardChoice
  readonly #ports: BatchSenderPorts
  readonly #compression: WriteCompression
  readonly #order: SpreadOrder | SingleShardOrder
  readonly #inFlight = new Set<WriteBatch>()
  /** Whether a batch is encoded in the next turn of the event loop. */
  #isEncoding = false

  constructor(
    { order, name, compression, limits, lingerMs }: BatchSenderOptions,
    ports: BatchSenderPorts,
  ) {
    this.#ports = ports
    this.#compression = compression
    this.choice = new ShardChoice(ports.isReachable)
    this.#order =
      order === 'shard' ? new SingleShardOrder(this.choice, name) : new SpreadOrder(this.choice)
    this.queue = new WriteQueue({ limits, lingerMs, isStrict: this.#order.isStrict })
  }

  /** Logs of the requests under way. */
  get inFlightLogs(): number {
    return [...this.#inFlight].reduce((sum, { logs }) => sum + logs.length, 0)
  }

  /** When the oldest log that is not settled was added; now if there is none. */
  oldestMs(nowMs: number): number {
    const batches = [...this.#inFlight, ...this.queue.batches]
    return batches.reduce((oldest, { addedMs }) => Math.min(oldest, addedMs), nowMs)
  }

  get growing(): number | null {
    return this.queue.growing
  }

  add(log: BufferedLog): void {
    if (this.queue.add(log)) this.#encodeAhead()
  }

  dueInMs(led: readonly number[]): number {
    const nowMs = this.#ports.clock.monotonic()
    const waits = this.#targets(led, nowMs).map((shard) => this.choice.waitMs(shard, nowMs))
    const shardWaitMs = waits.reduce((least, waitMs) => Math.min(least, waitMs), Infinity)
    return Math.max(shardWaitMs, this.queue.dueInMs(nowMs))
  }

  take(led: readonly number[]): OutgoingRequest | null {
    const nowMs = this.#ports.clock.monotonic()
    const shards = this.#targets(led, nowMs).filter(
      (shard) => this.choice.waitMs(shard, nowMs) === 0,
    )
    if (shards.length === 0) return null
    const taken = this.queue.take(shards.length, MAX_REQUEST_BYTES, nowMs)
    const batches = taken.filter((batch) => this.#withoutOldLogs(batch))
    const [first] = batches
    if (!first) return null
    if (this.#order instanceof SpreadOrder) this.#order.sent(batches.length)
    for (const batch of batches) this.#inFlight.add(batch)
    this.#encodeAhead()
    return {
      topic: first.topic,
      batches: batches.map((batch, index) => {
        const shard = shards[index] ?? 0
        return {
          shard,
          logs: batch.logs.length,
          encode: () => batch.encode(this.#compression),
          settle: (result: BatchResult) => {
            this.#settle(batch, shard, result)
          },
        }
      }),
    }
  }

  /** Encodes full batches while requests are under way, one in each turn of the event loop. */
  #encodeAhead(): void {
    if (this.#isEncoding || this.#inFlight.size === 0 || !this.#nextToEncode()) return
    this.#isEncoding = true
    this.#ports.clock.soon(() => {
      this.#isEncoding = false
      // Logs may have left the batch meanwhile. A failure is told when the batch is sent.
      this.#nextToEncode()
        ?.encode(this.#compression)
        .catch(() => undefined)
      this.#encodeAhead()
    })
  }

  /** A request takes at most one batch for each shard. */
  #nextToEncode(): WriteBatch | null {
    return this.queue.nextToEncode(this.#ports.shards().length, MAX_REQUEST_BYTES)
  }

  /** Shards of one broker that can take a batch now. */
  #targets(led: readonly number[], nowMs: number): readonly number[] {
    if (this.#order.isStrict && this.#inFlight.size > 0) return []
    const isLed = new Set(led)
    return this.#order.targets(this.#ports.shards(), nowMs).filter((shard) => isLed.has(shard))
  }

  /**
   * One log that is too old would make SLS refuse its whole batch. A log ahead of the wall clock is no reason: its
   * time was checked when it was accepted, and the clock can have been put back since.
   *
   * @returns whether a log is left
   */
  #withoutOldLogs(batch: WriteBatch): boolean {
    const now = this.#ports.clock.now()
    this.#ports.onTooOld(batch.remove(({ record }) => isTooOldToWrite(record.timestamp, now)))
    return batch.logs.length > 0
  }

  #settle(batch: WriteBatch, shard: number, result: BatchResult): void {
    this.#inFlight.delete(batch)
    switch (result.type) {
      case 'written':
        this.choice.written(shard)
        this.#ports.onWritten(batch, shard, result.offset)
        break
      case 'refused':
        this.#refused(batch, shard, result.error)
        break
      case 'unanswered':
        // Perhaps stored: what is sent again can be there twice. The producer waits before its next request.
        batch.refusedSinceMs = null
        this.queue.putBack([batch])
        break
    }
  }

  #refused(batch: WriteBatch, shard: number, error: BrokerError): void {
    const { clock, shards, onStuck, onRefused } = this.#ports
    const nowMs = clock.monotonic()
    const reaction = errorAction(error.api, error.errorCode)
    if (reaction === 'split') {
      if (batch.logs.length > 1) this.queue.putBack(batch.halves())
      else onRefused(batch.logs, error)
      return
    }
    if (reaction === 'refused') this.choice.leaveOut(shard, nowMs)
    else this.choice.refused(shard, nowMs)
    const all = shards()
    if (reaction === 'refused' && this.#isRefusedForGood(batch, all, nowMs)) {
      onRefused(batch.logs, error)
      return
    }
    this.queue.putBack([batch])
    const targets = this.#order.targets(all, nowMs)
    if (this.choice.isStuck(targets, nowMs) || reaction === 'end') onStuck(error)
  }

  #isRefusedForGood(batch: WriteBatch, all: readonly number[], nowMs: number): boolean {
    if (!all.every((shard) => this.choice.isLeftOut(shard, nowMs))) {
      batch.refusedSinceMs = null
      return false
    }
    batch.refusedSinceMs ??= nowMs
    return nowMs - batch.refusedSinceMs >= REFUSED_FOR_MS
  }
}
