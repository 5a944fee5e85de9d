import type { BatchLimits } from '../config/consumer-options'
import { CommittableOffset } from './committable-offset'
import type { FlowOutput, UndecodableRecord } from './flow-output'
import type { ShardProcessor } from './processor'
import { NOTHING_IN_FLIGHT, type ShardProgress } from './progress'
import type { ReadRecord } from './read-record'
import type { ShardQueue } from './shard-queue'

/** Processor for `commit: onSend`: a record is done when it was sent. */
export class OnSendProcessor implements ShardProcessor {
  readonly queue: ShardQueue
  readonly committable: CommittableOffset
  /** Never full, because no record is in flight. */
  readonly isFull = false
  readonly isLow = true
  readonly #output: FlowOutput
  readonly #batch: BatchLimits

  constructor(queue: ShardQueue, output: FlowOutput, batch: BatchLimits) {
    this.queue = queue
    this.committable = new CommittableOffset(() => queue.sentTo, { isDelayed: true })
    this.#output = output
    this.#batch = batch
    queue.delay.begin(null)
  }

  get bytes(): number {
    return this.queue.bytes
  }

  dueAtMs(): number | null {
    return this.queue.dueAtMs(this.#batch)
  }

  sendNext(nowMs: number, wallTime: number): number {
    const { queue } = this
    const { shard, delay } = queue
    const records: ReadRecord[] = []
    const payloads: unknown[] = []
    const undecodable: UndecodableRecord[] = []
    const taken = queue.take(this.#batch.size, nowMs, (fetched) => {
      const record = this.#output.read(fetched, shard)
      const value = this.#output.decode(record, shard)
      delay.sent(record.timestamp, wallTime)
      if (value.error) {
        undecodable.push({ record, value })
      } else {
        records.push(record)
        payloads.push(value.payload)
      }
    })
    for (const one of undecodable) this.#output.reportUndecodable(one, shard)
    if (records.length > 0 && !this.#output.send(records, payloads, shard)) {
      this.#sendOneByOne(records, payloads)
    }
    return taken
  }

  committed(offset: bigint): void {
    this.committable.setCommitted(offset)
  }

  resetOffsets(): void {
    this.queue.resetOffsets()
    this.committable.reset()
  }

  progress(): ShardProgress {
    return NOTHING_IN_FLIGHT
  }

  #sendOneByOne(records: readonly ReadRecord[], payloads: readonly unknown[]): void {
    if (records.length === 1) return
    records.forEach((record, index) => {
      this.#output.send([record], [payloads[index]], this.queue.shard)
    })
  }
}
