import type { Clock } from '../clock'
import { guarded, SlsKafkaError, type ErrorCode, type OnError, type ReportedError } from '../errors'
import { ReportedCauses } from '../reported-causes'
import { Throttling } from '../throttling'
import type { WriterCounts } from './snapshot'
import type { WriterState } from './state'

/** The listeners of a writer. Their exceptions end at `onContained`. */
export interface WriterReports {
  /** Called once per cause while nothing can be written, and for logs that a close left unwritten. */
  readonly onFailure: (error: SlsKafkaError) => void
  /** Called when the service limits writing without a failure, once until it has ended. */
  readonly onWarning: (warning: SlsKafkaError) => void
  /** Called when logs are written again. @param after seconds since the failure */
  readonly onRecovered: (after: number) => void
  readonly onContained: OnError
  /** Logs fail while their logstore does not exist. By default they wait in the buffer until it does. */
  readonly failsIfMissing?: boolean
}

/** Reports failures of one writer once per cause, and counts its errors. */
export class WriterReporter {
  readonly #clock: Clock
  readonly #ports: Pick<WriterReports, 'onFailure' | 'onWarning' | 'onRecovered'>
  readonly #failsIfMissing: boolean
  readonly #outage = new ReportedCauses()
  readonly #counts = new Map<ErrorCode, number>()
  #last: ReportedError | null = null
  /** Monotonic. */
  #lastMs = -Infinity
  /** Monotonic. */
  #outageSinceMs = 0
  readonly #throttling = new Throttling()

  constructor(clock: Clock, reports: WriterReports) {
    const { onContained, onFailure, onWarning, onRecovered, failsIfMissing = false } = reports
    this.#clock = clock
    this.#failsIfMissing = failsIfMissing
    this.#ports = {
      onFailure: guarded(onContained, onFailure),
      onWarning: guarded(onContained, onWarning),
      onRecovered: guarded(onContained, onRecovered),
    }
  }

  get counts(): Pick<WriterCounts, 'errors' | 'lastError' | 'lastErrorMs'> {
    const errors = Object.fromEntries(this.#counts)
    return { errors, lastError: this.#last, lastErrorMs: this.#lastMs }
  }

  get isThrottled(): boolean {
    return this.#throttling.isActive(this.#clock.monotonic())
  }

  /**
   * Reports what the new state brings: a cause that is news, or the end of an outage.
   *
   * @param isFailing whether a broker fails. The outage goes on then, although others take logs
   */
  entered(state: WriterState, isFailing: () => boolean): void {
    if (state.name === 'retrying' && state.isReported) {
      // Each message for a missing logstore has an error of its own.
      if (this.#failsIfMissing && state.error.code === 'SLS_LOGSTORE_NOT_FOUND') return
      if (this.#outage.isEmpty) this.#outageSinceMs = state.sinceMs
      if (this.#outage.add(state.error.code)) this.#failed(state.error)
    } else if (state.name === 'ready' && !this.#outage.isEmpty && !isFailing()) {
      this.#outage.endAll()
      const afterMs = this.#clock.monotonic() - this.#outageSinceMs
      this.#ports.onRecovered(Math.round(afterMs / 1000))
    }
  }

  /** Reports an error that was counted before. */
  report(error: SlsKafkaError): void {
    this.#ports.onFailure(error)
  }

  throttled(milliseconds: number, logstore: string): void {
    const isNews = !this.isThrottled
    this.#throttling.extend(milliseconds, this.#clock.monotonic())
    if (!isNews) return
    const seconds = Math.ceil(milliseconds / 1000)
    const warning = new SlsKafkaError('SLS_THROTTLED', { logstore, seconds })
    this.count(warning, 1)
    this.#ports.onWarning(warning)
  }

  #failed(error: SlsKafkaError): void {
    this.count(error, 1)
    this.#ports.onFailure(error)
  }

  /** Counts an error of logs, which their calls report. */
  count({ code }: SlsKafkaError, times: number): void {
    this.#last = { code, at: this.#clock.now() }
    this.#lastMs = this.#clock.monotonic()
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + times)
  }
}
