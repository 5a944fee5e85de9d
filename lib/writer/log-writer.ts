import { Wakeup } from '../async'
import type { Clock } from '../clock'
import type { WriterOptions } from '../config/writer-options'
import { SlsKafkaError } from '../errors'
import { describeFailure } from '../failure'
import type { BrokerListener } from '../kafka/cluster/broker-connections'
import { Cluster } from '../kafka/cluster/cluster'
import { MIN_REPORTED_THROTTLE_MS } from '../kafka/constants'
import { endsMembership } from '../kafka/cluster/error-actions'
import { Producer } from '../kafka/produce/producer'
import type { ProduceEvent } from '../kafka/produce/producer-types'
import { BatchSender } from './batch-sender'
import { invalidLog, refusedLogs, unwrittenLogs } from './log-errors'
import { logOf } from './log-record'
import { logTime } from './log-time'
import { MissingLogstore } from './missing-logstore'
import { OutcomeQueue } from './outcome-queue'
import type { WriterSnapshot } from './snapshot'
import { transition, type WriterEvent, type WriterState } from './state'
import type { BufferedLog } from './write-batch'
import { WriteBuffer } from './write-buffer'
import { WriteCall, type WriteResult } from './write-call'
import { WriterReporter, type WriterReports } from './writer-reporter'

export interface WriterPorts extends WriterReports {
  readonly clock: Clock
  /** The name of this client in the service's logs. */
  readonly clientId: string
  /** Stays the same through restarts: with the order `shard`, it chooses the shard. */
  readonly name: string
  /** Default: a cluster of its own. */
  readonly createCluster?: (onEvent: BrokerListener) => Cluster
}

const CHECK_INTERVAL_MS = 1_000
/** The time that a close gives to what is in the buffer. A node has 8 s for its whole close. */
const FLUSH_MS = 6_000

/**
 * Writes logs to one logstore, at least once. Batches fill while a request is under way. Logs wait in a
 * bounded buffer while the service cannot be reached, and every call learns what became of its logs.
 */
export class LogWriter {
  readonly #options: WriterOptions
  readonly #ports: WriterPorts
  readonly #reporter: WriterReporter
  readonly #buffer: WriteBuffer
  readonly #outcomes: OutcomeQueue
  readonly #sender: BatchSender
  readonly #producer: Producer
  readonly #closing = new AbortController()
  readonly #flushing = new AbortController()
  readonly #emptied: Wakeup
  readonly #missing: MissingLogstore
  #state: WriterState = { name: 'stopped' }
  #running: Promise<void> = Promise.resolve()
  #closed: Promise<void> | null = null
  #stopChecking: () => void = () => undefined
  /** Logs that the close has left unwritten, or that came after its beginning. */
  #unwrittenLogs = 0

  constructor(options: WriterOptions, ports: WriterPorts) {
    const { clock, clientId, name } = ports
    const { project, logstore, compression, order, batch, lingerMs } = options
    this.#options = options
    this.#ports = ports
    this.#reporter = new WriterReporter(clock, ports)
    this.#buffer = new WriteBuffer(options.buffer, clock)
    this.#outcomes = new OutcomeQueue(clock)
    this.#emptied = new Wakeup(clock)
    this.#missing = new MissingLogstore(ports.failsIfMissing ?? false)
    this.#sender = new BatchSender(
      { order, name, compression, limits: batch, lingerMs },
      {
        clock,
        shards: () => this.#producer.shards,
        isReachable: (shard) => this.#producer.isReachable(shard),
        onWritten: (written, shard, offset) => {
          this.#buffer.remove(written.logs, true)
          this.#outcomes.written(written.logs, shard, offset)
          this.#enter({ type: 'written' })
          this.#settled()
        },
        onRefused: (logs, error) => {
          this.#fail(logs, refusedLogs(logs, logstore, error))
        },
        onTooOld: (logs) => {
          for (const log of logs) this.#fail([log], invalidLog('time-range', log.record.timestamp))
        },
        onStuck: (error) => {
          this.#trouble(error, true)
        },
      },
    )
    const createCluster =
      ports.createCluster ??
      ((onEvent: BrokerListener) => new Cluster({ project, clientId, clock }, onEvent))
    const cluster = createCluster((event) => {
      if (event.type === 'throttled' && event.milliseconds >= MIN_REPORTED_THROTTLE_MS) {
        this.#reporter.throttled(event.milliseconds, logstore)
      }
    })
    this.#producer = new Producer({
      logstore,
      cluster,
      clock,
      source: this.#sender,
      signal: this.#closing.signal,
      hurry: this.#flushing.signal,
      onEvent: (event) => {
        this.#onEvent(event)
      },
    })
  }

  /** Connects. Logs can be written before; they wait in the buffer. Runs once. */
  start(): void {
    if (this.#state.name !== 'stopped') return
    this.#enter({ type: 'started' })
    this.#stopChecking = this.#ports.clock.every(CHECK_INTERVAL_MS, () => {
      this.#check()
    })
    this.#running = this.#producer.run()
  }

  /**
   * Writes the log of a value, or of each element of an array. Never rejects.
   *
   * @param payload text, number, boolean, Buffer, object, or an array of them
   * @param time of all logs: ms or s since 1970, ISO 8601 with a zone, a Date; absent for now
   * @returns what became of the logs, when the service has answered for all of them
   */
  write(payload: unknown, time?: unknown): Promise<WriteResult> {
    // An array can have holes, which `Array.from` makes undefined values.
    const values: readonly unknown[] = Array.isArray(payload) ? Array.from(payload) : [payload]
    const call = new WriteCall(values.length)
    const logs = this.#logsOf(values, time, call)
    const refusal = this.#isClosing
      ? this.#tooLate(logs)
      : (this.#missing.error ?? this.#buffer.add(logs))
    if (refusal && logs.length > 0) {
      this.#buffer.refused(logs.length)
      this.#reporter.count(refusal, logs.length)
      for (const { index } of logs) call.failed(refusal, index)
      return call.result
    }
    for (const log of logs) this.#sender.add(log)
    this.#producer.wake()
    return call.result
  }

  /** Accepts nothing more, writes what is in the buffer for some seconds, and ends. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  snapshot(): WriterSnapshot {
    const nowMs = this.#ports.clock.monotonic()
    const state = this.#state
    const buffer = this.#buffer
    const sender = this.#sender
    const { shards } = this.#producer
    return {
      state,
      written: buffer.written,
      failed: buffer.failed,
      buffered: buffer.logs,
      bufferedBytes: buffer.bytes,
      isFull: buffer.isFull,
      inFlight: sender.inFlightLogs,
      oldestSeconds: (nowMs - sender.oldestMs(nowMs)) / 1000,
      retryingSeconds: state.name === 'retrying' ? (nowMs - state.sinceMs) / 1000 : null,
      rate: buffer.logsPerSecond,
      bytesPerSecond: buffer.bytesPerSecond,
      shards: shards.length,
      isMissing: this.#missing.error !== null,
      leftOutShards: shards.filter((shard) => sender.choice.isLeftOut(shard, nowMs)),
      isThrottled: this.#reporter.isThrottled,
      ...this.#reporter.counts,
    }
  }

  get #isClosing(): boolean {
    return this.#closed !== null
  }

  /** The logs of the values that can be written. Each of the others fails alone. */
  #logsOf(values: readonly unknown[], time: unknown, call: WriteCall): readonly BufferedLog[] {
    const { clock } = this.#ports
    const addedMs = clock.monotonic()
    const logs: BufferedLog[] = []
    for (const [index, value] of values.entries()) {
      try {
        const { topic, record, bytes } = logOf(value, logTime(time, clock.now()), this.#options)
        // One object literal: a spread takes as long as all the rest of this loop.
        logs.push({ topic, record, bytes, call, index, addedMs })
      } catch (error) {
        const known = error instanceof SlsKafkaError ? error : invalidLog('log-no-text', value)
        this.#buffer.refused(1)
        this.#reporter.count(known, 1)
        call.failed(known, index)
      }
    }
    return logs
  }

  #onEvent(event: ProduceEvent): void {
    if (event.type === 'trouble') this.#trouble(event.error, false)
    else {
      this.#missing.listed()
      this.#enter({ type: 'listed', isIdle: this.#buffer.logs === 0 })
    }
  }

  #trouble(cause: unknown, isRefusal: boolean): void {
    const nowMs = this.#ports.clock.monotonic()
    const error = describeFailure(cause, this.#options)
    this.#missing.failed(cause, error, nowMs)
    this.#enter({ type: 'trouble', error, isLasting: endsMembership(cause), isRefusal, nowMs })
    this.#failMissing()
  }

  #enter(event: WriterEvent): void {
    this.#state = transition(this.#state, event)
    this.#reporter.entered(this.#state, () => this.#producer.isFailing)
  }

  #failMissing(): void {
    const { error } = this.#missing
    const logs = error ? this.#sender.queue.remove(() => true) : []
    if (error) this.#fail(logs, error)
  }

  #check(): void {
    const nowMs = this.#ports.clock.monotonic()
    this.#enter({ type: 'checked', nowMs })
    this.#failMissing()
    const { logstore, writeTimeoutMs } = this.#options
    if (writeTimeoutMs === null) return
    const late = this.#sender.queue.remove(({ addedMs }) => nowMs - addedMs >= writeTimeoutMs)
    const detail = this.#state.name === 'retrying' ? this.#state.error.code : this.#state.name
    const params = { logstore, seconds: writeTimeoutMs / 1000, detail }
    this.#fail(late, new SlsKafkaError('SLS_WRITE_TIMEOUT', params))
  }

  #fail(logs: readonly BufferedLog[], error: SlsKafkaError): void {
    if (logs.length === 0) return
    this.#buffer.remove(logs, false)
    this.#reporter.count(error, logs.length)
    this.#outcomes.failed(logs, error)
    this.#settled()
  }

  #settled(): void {
    if (this.#buffer.logs === 0) this.#emptied.wake()
  }

  /** The error of logs that come during the close or after it. */
  #tooLate(logs: readonly BufferedLog[]): SlsKafkaError {
    this.#unwrittenLogs += logs.length
    if (this.#state.name === 'closed') this.#reportUnwritten()
    return unwrittenLogs(this.#options.logstore, logs.length)
  }

  async #close(): Promise<void> {
    const { clock } = this.#ports
    const untilMs = clock.monotonic() + FLUSH_MS
    this.#enter({ type: 'closing' })
    this.#sender.queue.seal()
    this.#sender.choice.retryNow()
    this.#flushing.abort()
    this.#producer.wake()
    for (let leftMs = FLUSH_MS; this.#buffer.logs > 0 && leftMs > 0;) {
      await this.#emptied.wait(leftMs)
      leftMs = untilMs - clock.monotonic()
    }
    this.#closing.abort()
    await this.#running
    this.#stopChecking()
    this.#failUnwritten()
    await this.#outcomes.empty()
    this.#enter({ type: 'closed' })
    this.#reportUnwritten()
  }

  #failUnwritten(): void {
    const logs = this.#sender.queue.remove(() => true)
    this.#unwrittenLogs += logs.length
    this.#fail(logs, unwrittenLogs(this.#options.logstore, logs.length))
  }

  /** Catch nodes can be closed already, so that only the log can say what is not written. */
  #reportUnwritten(): void {
    const count = this.#unwrittenLogs
    this.#unwrittenLogs = 0
    if (count > 0) this.#reporter.report(unwrittenLogs(this.#options.logstore, count))
  }
}
