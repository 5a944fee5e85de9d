import { SentLedger } from './sent-ledger'
import { Shard } from './shard-queue'
import type { ShardDelay } from './shard-delay'
import type { FetchedRecord } from '../kafka/source'
import type { BatchLimits } from '../config/consumer-options'
import { type CommitMode } from './commit-mode'
import { NO_PROGRESS, type Progress } from './progress'
import type { DecodedRecord } from './decoded-record'
import { type Lane } from './lane'
import { NOTHING_IN_FLIGHT, type ShardProgress } from './progress'
import type { FlowOutput } from './flow-output'

/** `commit: onSend`: what was sent is done. */
export class OnSend implements CommitMode {
  readonly #outbox: FlowOutput
  readonly #batch: BatchLimits

  constructor(outbox: FlowOutput, batch: BatchLimits) {
    this.#outbox = outbox
    this.#batch = batch
  }

  createLane(shard: number, delay: ShardDelay): Lane {
    return new SendLane(shard, delay, this.#outbox, this.#batch)
  }

  assigned(): void {
    // Every lane goes its own way.
  }

  drained(): Promise<void> {
    return Promise.resolve()
  }

  flowRestarted(): Promise<number> {
    return Promise.resolve(0)
  }

  end(): void {
    // Nothing is kept.
  }

  progress(): Progress {
    return NO_PROGRESS
  }
}

class SendLane implements Lane {
  readonly shard: Shard<FetchedRecord>
  readonly isFull = false
  readonly isLow = true
  readonly #outbox: FlowOutput
  readonly #batch: BatchLimits

  constructor(shard: number, delay: ShardDelay, outbox: FlowOutput, batch: BatchLimits) {
    this.shard = new Shard(shard, new SentLedger(), delay)
    delay.begin(null)
    this.#outbox = outbox
    this.#batch = batch
  }

  get bytes(): number {
    return this.shard.queue.bytes
  }

  dueAtMs(): number | null {
    return this.shard.dueAtMs(this.#batch)
  }

  sendNext(nowMs: number, wallTime: number): number {
    const { shard } = this
    const good: DecodedRecord[] = []
    const taken = shard.take(this.#batch.size, nowMs)
    for (const record of taken) {
      const decoded = this.#outbox.decode(record, shard.id)
      if (decoded.error) this.#outbox.reportUndecodable(decoded, shard.id)
      else good.push(decoded)
      shard.delay.sent(decoded.timestamp, wallTime)
    }
    if (!this.#outbox.send(good, shard.id) && good.length > 1) {
      for (const decoded of good) this.#outbox.send([decoded], shard.id)
    }
    return taken.length
  }

  positionReset(): void {
    this.shard.ledger.reset()
  }

  /** Nothing is ever given up. */
  release(): boolean {
    return false
  }

  skip(): void {
    // Nothing holds a shard here.
  }

  progress(): ShardProgress {
    return NOTHING_IN_FLIGHT
  }

  interrupt(): void {
    // Nothing waits to be done.
  }
}
