import type { Clock } from '../clock'
import { silenceError } from './connection-errors'

/** A response that is arriving must bring this many bytes in this time, or end. */
const DRIP_BYTES = 4_096
const DRIP_MS = 10_000

/** What a connection waits for. All times are monotonic ms. */
export interface Expectation {
  /** Silence until then means that the connection is dead; null while nothing is pending. */
  readonly silentUntil: number | null
  /** An overtaken response must have come until then; null for none. */
  readonly overtakenUntil: number | null
}

export interface LivenessWatchOptions {
  readonly clock: Clock
  readonly expectation: () => Expectation
  /** Called once. */
  readonly onDead: (error: Error) => void
}

/**
 * Finds a connection that is dead although nothing says so: half-open, or slower than any link. It judges
 * by silence and never by the age of a request, because a large response takes long on a slow link and
 * still arrives. Bytes that were written are no proof of life: the kernel takes them in any case.
 *
 * Each deadline is asked again one turn of the event loop later. Timers run before sockets are read, so
 * that after a standstill of the process a deadline falls due before bytes that have long come are seen.
 */
export class LivenessWatch {
  readonly #options: LivenessWatchOptions
  #cancel: (() => void) | null = null
  /** When the timer fires, monotonic ms. */
  #wakesAt = Infinity
  /** Since when an unfinished response is measured, and what it has brought since; null between responses. */
  #drip: { since: number; bytes: number } | null = null

  constructor(options: LivenessWatchOptions) {
    this.#options = options
  }

  /**
   * @param bytes that have just come
   * @param completed responses that ended with them
   * @param isIncomplete whether a further response has begun
   */
  heard(bytes: number, completed: number, isIncomplete: boolean): void {
    if (!isIncomplete) this.#drip = null
    else if (completed > 0) this.#drip = this.#newDrip(0)
    else if (!this.#drip) this.#drip = this.#newDrip(bytes)
    else this.#drip.bytes += bytes
    this.update()
  }

  /** What the connection waits for has changed. */
  update(): void {
    const at = this.#deadline()
    if (at === null) this.stop()
    // A deadline that moved away is found when the timer fires: a large response comes in many pieces.
    else if (at < this.#wakesAt) this.#wakeAt(at)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#wakesAt = Infinity
  }

  #wakeAt(at: number): void {
    this.stop()
    const { clock } = this.#options
    this.#wakesAt = at
    const waitMs = Math.max(0, Math.ceil(at - clock.monotonic()))
    this.#cancel = clock.after(waitMs, () => {
      this.#cancel = clock.soon(() => {
        this.#judge()
      })
    })
  }

  #judge(): void {
    this.stop()
    const { clock, onDead } = this.#options
    this.#renewDrip()
    const at = this.#deadline()
    if (at === null) return
    if (at > clock.monotonic()) this.#wakeAt(at)
    else onDead(silenceError())
  }

  #newDrip(bytes: number): { since: number; bytes: number } {
    return { since: this.#options.clock.monotonic(), bytes }
  }

  #renewDrip(): void {
    const drip = this.#drip
    if (!drip || drip.bytes < DRIP_BYTES) return
    if (this.#options.clock.monotonic() >= drip.since + DRIP_MS) this.#drip = this.#newDrip(0)
  }

  /** The next moment at which the connection may be found dead; null for none. */
  #deadline(): number | null {
    const { silentUntil, overtakenUntil } = this.#options.expectation()
    const dripUntil = this.#drip ? this.#drip.since + DRIP_MS : null
    // The response that is arriving may be the overtaken one: then its speed decides.
    const missingUntil = this.#drip ? null : overtakenUntil
    const deadlines = [silentUntil, missingUntil, dripUntil].filter((at) => at !== null)
    return deadlines.length === 0 ? null : deadlines.reduce((a, b) => Math.min(a, b))
  }
}
