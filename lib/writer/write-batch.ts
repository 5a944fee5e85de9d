import type { WriteLimits } from '../config/writer-options'
import { encodeRecordBatch, type WriteCompression } from '../kafka/records/record-batch-encoder'
import type { OutgoingLog } from './log-record'
import type { WriteCall } from './write-call'

/** A log that was accepted and is not settled. */
export interface BufferedLog extends OutgoingLog {
  readonly call: WriteCall
  /** Its place in the call. */
  readonly index: number
  /** Monotonic ms. */
  readonly addedMs: number
}

/** Bytes of logs, before compression. */
export function bytesOf(logs: readonly BufferedLog[]): number {
  let sum = 0
  for (const { bytes } of logs) sum += bytes
  return sum
}

/** Logs of one topic that are written to one shard at once. */
export class WriteBatch {
  readonly topic: string
  /** When every shard had first taken nothing of the batch, monotonic ms; null if that never was. */
  refusedSinceMs: number | null
  #logs: readonly BufferedLog[]
  #bytes = 0
  /** Until the batch is sent for the first time. */
  #isOpen: boolean
  #encoded: Promise<Buffer> | null = null

  constructor(
    topic: string,
    logs: readonly BufferedLog[] = [],
    refusedSinceMs: number | null = null,
  ) {
    this.topic = topic
    this.refusedSinceMs = refusedSinceMs
    this.#logs = [...logs]
    this.#bytes = bytesOf(logs)
    this.#isOpen = logs.length === 0
  }

  get logs(): readonly BufferedLog[] {
    return this.#logs
  }

  get bytes(): number {
    return this.#bytes
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  get isEncoded(): boolean {
    return this.#encoded !== null
  }

  /** Monotonic ms, when its oldest log was added; Infinity for none. */
  get addedMs(): number {
    return this.#logs[0]?.addedMs ?? Infinity
  }

  /** A log larger than the limit has a batch of its own. */
  hasRoom(log: BufferedLog, limits: WriteLimits): boolean {
    if (this.#logs.length === 0) return true
    return this.#logs.length < limits.records && this.#bytes + log.bytes <= limits.bytes
  }

  add(log: BufferedLog): void {
    this.#encoded = null
    ;(this.#logs as BufferedLog[]).push(log)
    this.#bytes += log.bytes
  }

  seal(): void {
    this.#isOpen = false
  }

  /** Removes the logs for which the test is true, and returns them. */
  remove(test: (log: BufferedLog) => boolean): readonly BufferedLog[] {
    const removed = this.#logs.filter(test)
    if (removed.length === 0) return removed
    this.#encoded = null
    this.#logs = this.#logs.filter((log) => !test(log))
    this.#bytes -= bytesOf(removed)
    return removed
  }

  /** The logs as a record batch, which is kept for further attempts until the logs change. */
  encode(compression: WriteCompression): Promise<Buffer> {
    if (this.#encoded) return this.#encoded
    const records = this.#logs.map(({ record }) => record)
    const encoded = encodeRecordBatch(records, compression)
    this.#encoded = encoded
    encoded.catch(() => {
      if (this.#encoded === encoded) this.#encoded = null
    })
    return encoded
  }

  /** Both halves, in order. */
  halves(): readonly [WriteBatch, WriteBatch] {
    const middle = Math.ceil(this.#logs.length / 2)
    return [
      new WriteBatch(this.topic, this.#logs.slice(0, middle), this.refusedSinceMs),
      new WriteBatch(this.topic, this.#logs.slice(middle), this.refusedSinceMs),
    ]
  }
}
