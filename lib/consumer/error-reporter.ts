import type { Clock } from '../clock'
import type { Message } from '../delivery/message'
import {
  type ErrorCode,
  guarded,
  type OnError,
  type ReportedError,
  type SlsKafkaError,
} from '../errors'
import type { FailingShard } from './conditions'
import { ReportedCauses } from '../reported-causes'

/** The listeners of an `ErrorReporter`. Their exceptions end at `onContained`, unless said otherwise. */
export interface ErrorReporterPorts {
  readonly clock: Clock
  /** @param nextTry seconds until the next try; null if the client is still trying */
  readonly onFailure: (error: SlsKafkaError, nextTry: number | null) => void
  /** Called when the flow or the service limits consumption without a failure. */
  readonly onWarning: (warning: SlsKafkaError) => void
  /** Called when records flow again. @param after seconds since the failure */
  readonly onRecovered: (after: number) => void
  /**
   * Called for a record that could not be decoded or sent, or is exhausted or rejected. An exception of this
   * call is a record error.
   *
   * @param isLogged false if an error with this code was logged less than a minute ago
   */
  readonly onRecordError: (error: SlsKafkaError, message: Message, isLogged: boolean) => void
  /**
   * Sends a dead letter. An exception of this call is a record error.
   *
   * @param isLogged false if an error with this code was logged less than a minute ago
   */
  readonly sendDeadLetter: (message: Message, error: SlsKafkaError, isLogged: boolean) => void
  readonly onStarted: () => void
  readonly onJoined: (shards: readonly number[]) => void
  readonly onStopped: () => void
  /** Called for a contained exception that is not a record error. */
  readonly onContained: OnError
}

/** Milliseconds after which the error of a record is logged again, per code. */
const LOG_INTERVAL_MS = 60_000

/**
 * Reports the errors and warnings of one consumer: each cause once until it has ended, and each record error.
 * It counts its reports, and contains exceptions of listeners, which would end the membership.
 */
export class ErrorReporter {
  /** Reports to the log that a run has begun. */
  readonly reportStarted: () => void
  /** Reports to the log that these shards were assigned. */
  readonly reportJoined: (shards: readonly number[]) => void
  /** Reports to the log that a run has ended. */
  readonly reportStopped: () => void
  readonly #ports: ErrorReporterPorts
  readonly #failingShards: ReadonlyMap<number, FailingShard>
  /** Codes of the outage of the whole consumer. */
  readonly #outage = new ReportedCauses()
  /** Codes of the conditions that limit a healthy member. */
  readonly #conditions = new ReportedCauses()
  readonly #counts = new Map<ErrorCode, number>()
  readonly #lastByShard = new Map<number, ReportedError>()
  /** When an error of each code was last logged; monotonic. */
  readonly #loggedAtMs = new Map<ErrorCode, number>()
  #last: ReportedError | null = null
  #lastError: SlsKafkaError | null = null
  /** When the outage began, monotonic. */
  #outageSinceMs = 0
  /** When the first shard failed, monotonic; null during an outage, whose end is reported instead. */
  #shardsSinceMs: number | null = null

  /** @param failingShards a shard's cause lasts as long as the shard is in this map */
  constructor(ports: ErrorReporterPorts, failingShards: ReadonlyMap<number, FailingShard>) {
    const { onContained, onFailure, onWarning, onRecovered } = ports
    this.#ports = {
      ...ports,
      onFailure: guarded(onContained, onFailure),
      onWarning: guarded(onContained, onWarning),
      onRecovered: guarded(onContained, onRecovered),
    }
    this.reportStarted = guarded(onContained, ports.onStarted)
    this.reportJoined = guarded(onContained, ports.onJoined)
    this.reportStopped = guarded(onContained, ports.onStopped)
    this.#failingShards = failingShards
  }

  /** Begins a run, in which every cause is reported again. */
  begin(): void {
    this.#outage.endAll()
    this.#conditions.endAll()
  }

  /** Reports an error each time, because each time is an event of its own. */
  report(error: SlsKafkaError, nextTry: number | null = null): void {
    this.#count(error)
    this.#ports.onFailure(error, nextTry)
  }

  /**
   * Reports an outage of the whole consumer, unless its cause was reported for a shard.
   *
   * @param sinceMs when the failure began, monotonic; the first one of an outage counts
   */
  reportOutage(error: SlsKafkaError, nextTry: number | null, sinceMs: number): void {
    if (this.#outage.isEmpty) this.#outageSinceMs = sinceMs
    if (!this.#outage.add(error.code)) return
    this.#shardsSinceMs = null
    if (!this.#isCauseOfShard(error)) this.report(error, nextTry)
  }

  /** Reports the end of an outage of the whole consumer. */
  reportRecovery(): void {
    if (this.#outage.isEmpty) return
    this.#outage.endAll()
    this.#reportEnd(this.#outageSinceMs)
  }

  /**
   * Reports the failure of a shard, once per cause: many shards can share a cause, and a failing shard fails
   * again at each assignment. Call this before the shard is added to `failingShards`.
   */
  reportShardFailure(shard: number, error: SlsKafkaError): void {
    if (this.#failingShards.size === 0) {
      this.#shardsSinceMs = this.#outage.isEmpty ? this.#ports.clock.monotonic() : null
    }
    if (this.#failingShards.get(shard)?.error.code === error.code) return
    if (!this.#isCauseOfShard(error) && !this.#outage.has(error.code)) this.report(error)
  }

  /** Reports the end of all shard failures. Call this after a shard was removed from `failingShards`. */
  reportShardRecovery(): void {
    if (this.#failingShards.size > 0 || this.#shardsSinceMs === null) return
    this.#reportEnd(this.#shardsSinceMs)
  }

  /** Reports a condition that limits a healthy member, once until it has ended. */
  reportCondition(error: SlsKafkaError, level: 'error' | 'warning'): void {
    if (!this.#conditions.add(error.code)) return
    this.#count(error)
    if (level === 'error') this.#ports.onFailure(error, null)
    else this.#ports.onWarning(error)
  }

  /** Ends a condition, so that it is reported again when it returns. */
  endCondition(code: ErrorCode): void {
    this.#conditions.end(code)
  }

  /** Reports the error of a record. */
  reportRecordError(error: SlsKafkaError, message: Message): void {
    this.#count(error)
    this.#ports.onRecordError(error, message, this.#isLogged(error))
  }

  /** Sends a dead letter and counts its error. */
  sendDeadLetter(message: Message, error: SlsKafkaError): void {
    this.#count(error)
    this.#ports.sendDeadLetter(message, error, this.#isLogged(error))
  }

  /** The error that was reported last since the deploy; null if none was. */
  get lastReported(): ReportedError | null {
    return this.#last
  }

  /** The error that was reported last since the deploy, with its params and its cause; null if none was. */
  get lastError(): SlsKafkaError | null {
    return this.#lastError
  }

  /** The error that was reported last with the number of this shard; null if none was. */
  lastReportedOf(shard: number): ReportedError | null {
    return this.#lastByShard.get(shard) ?? null
  }

  /** How many errors of each code were reported since the deploy. */
  get counts(): Readonly<Partial<Record<ErrorCode, number>>> {
    return Object.fromEntries(this.#counts)
  }

  #isCauseOfShard({ code, params }: SlsKafkaError): boolean {
    return [...this.#failingShards.values()].some(
      ({ error }) =>
        error.code === code &&
        error.params['shard'] === params['shard'] &&
        error.params['detail'] === params['detail'],
    )
  }

  #count(error: SlsKafkaError): void {
    // A record that cannot be decoded is reported first and becomes a dead letter later.
    if (error === this.#lastError) return
    const { code, params } = error
    this.#lastError = error
    this.#last = { code, at: this.#ports.clock.now() }
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1)
    const { shard } = params
    if (typeof shard === 'number') this.#lastByShard.set(shard, this.#last)
  }

  /** Whether to log an error now, so that a logstore full of broken records cannot flood the log. */
  #isLogged({ code }: SlsKafkaError): boolean {
    const nowMs = this.#ports.clock.monotonic()
    if (nowMs - (this.#loggedAtMs.get(code) ?? -Infinity) < LOG_INTERVAL_MS) return false
    this.#loggedAtMs.set(code, nowMs)
    return true
  }

  #reportEnd(sinceMs: number): void {
    this.#ports.onRecovered(Math.round((this.#ports.clock.monotonic() - sinceMs) / 1000))
  }
}
