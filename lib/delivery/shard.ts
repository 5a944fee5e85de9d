import { DelayMeter } from '../metrics'
import { RecordQueue, type QueuedRecord } from './record-queue'
import { SentLedger } from './sent-ledger'

/** One assigned shard: what waits to be sent, and what may be committed. */
export class Shard<R extends QueuedRecord & { readonly offset: string }> {
  readonly id: number
  readonly queue = new RecordQueue<R>()
  readonly ledger = new SentLedger()
  readonly delay = new DelayMeter()
  /** Fetching is stopped until the queue has drained. */
  isPaused = false

  constructor(id: number) {
    this.id = id
  }

  /** @param next the offset that follows the batch */
  fetched(records: readonly R[], next: bigint): void {
    this.queue.push(records)
    this.ledger.fetched(next)
    if (this.queue.isEmpty) this.ledger.drained()
  }

  /** The next record to send, if any. It counts as sent. */
  take(): R | undefined {
    const record = this.queue.shift()
    if (record === undefined) return undefined
    this.ledger.sent(record.offset)
    if (this.queue.isEmpty) this.ledger.drained()
    return record
  }

  /** A fetch brought nothing new. */
  caughtUp(): void {
    if (this.queue.isEmpty) this.delay.caughtUp()
  }
}
