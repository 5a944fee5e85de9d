import type { Clock } from '../clock'
import type { WriteLimits } from '../config/writer-options'
import { SlsKafkaError } from '../errors'
import { Throughput } from '../throughput'
import { bytesOf, type BufferedLog } from './write-batch'

/** How long a refusal is shown, so that a status that is read once a second shows it. */
const REFUSAL_SHOWN_MS = 10_000

/** Counts the logs of one writer: those in its buffer, and those that left it. */
export class WriteBuffer {
  readonly #limits: WriteLimits
  readonly #clock: Clock
  readonly #throughput = new Throughput()
  #logs = 0
  #bytes = 0
  #failed = 0
  /** Monotonic, when logs last did not fit. */
  #refusedMs = -Infinity

  constructor(limits: WriteLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  get logs(): number {
    return this.#logs
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A large log can be refused while smaller ones have room: a refusal counts for ten seconds. */
  get isFull(): boolean {
    const { records, bytes } = this.#limits
    const hasRefused = this.#clock.monotonic() - this.#refusedMs < REFUSAL_SHOWN_MS
    return hasRefused || this.#logs >= records || this.#bytes >= bytes
  }

  get written(): number {
    return this.#throughput.records
  }

  get failed(): number {
    return this.#failed
  }

  get logsPerSecond(): number {
    return this.#throughput.recordsPerSecond(this.#clock.monotonic())
  }

  get bytesPerSecond(): number {
    return this.#throughput.bytesPerSecond(this.#clock.monotonic())
  }

  /** Accepts all of these logs, or none. @returns why they do not fit together; null if they do */
  add(logs: readonly BufferedLog[]): SlsKafkaError | null {
    const { records, bytes: maxBytes } = this.#limits
    const bytes = bytesOf(logs)
    if (this.#logs + logs.length > records || this.#bytes + bytes > maxBytes) {
      this.#refusedMs = this.#clock.monotonic()
      const params = { buffered: this.#logs, bytes: this.#bytes, maxRecords: records, maxBytes }
      return new SlsKafkaError('SLS_BUFFER_FULL', params)
    }
    this.#logs += logs.length
    this.#bytes += bytes
    return null
  }

  /** Logs leave the buffer. */
  remove(logs: readonly BufferedLog[], isWritten: boolean): void {
    const bytes = bytesOf(logs)
    this.#logs -= logs.length
    this.#bytes -= bytes
    if (isWritten) this.#throughput.count(logs.length, bytes, this.#clock.monotonic())
    else this.#failed += logs.length
  }

  /** Logs that were never in the buffer. */
  refused(count: number): void {
    this.#failed += count
  }
}
