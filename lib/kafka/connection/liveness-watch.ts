import type { Clock } from '../../clock'
import { silenceError } from './connection-errors'

/** A response that is arriving must bring this many bytes in this time, or end. */
const DRIP_BYTES = 4_096
const DRIP_MS = 10_000

/** Deadlines of a connection, in monotonic ms. */
export interface Expectation {
  /** The connection is dead if no byte arrives until then; null while no request is pending. */
  readonly silentUntilMs: number | null
  /** An overtaken response must arrive until then; null if no response was overtaken. */
  readonly overtakenUntilMs: number | null
}

export interface LivenessWatchOptions {
  readonly clock: Clock
  readonly expectation: () => Expectation
  /** Called once. */
  readonly onDead: (error: Error) => void
}

/**
 * Detects a half-open connection, and one that is slower than any usable link. The watch measures silence
 * and never the age of a request, because a large response takes long on a slow link. Written bytes prove
 * nothing, because the kernel accepts them for a dead connection as well.
 *
 * Each deadline is checked once more in the next turn of the event loop. After the process was suspended,
 * timers fire before sockets are read, so that bytes which have arrived are not seen yet.
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
  received(bytes: number, completed: number, isIncomplete: boolean): void {
    if (!isIncomplete) this.#drip = null
    else if (completed > 0) this.#drip = this.#newDrip(0)
    else if (!this.#drip) this.#drip = this.#newDrip(bytes)
    else this.#drip.bytes += bytes
    this.update()
  }

  /** Reads the deadlines of the connection again, after a request or a response. */
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
    const { silentUntilMs, overtakenUntilMs } = this.#options.expectation()
    const dripUntil = this.#drip ? this.#drip.since + DRIP_MS : null
    // The response that is arriving may be the overtaken one: then its speed decides.
    const missingUntil = this.#drip ? null : overtakenUntilMs
    const deadlines = [silentUntilMs, missingUntil, dripUntil].filter((at) => at !== null)
    return deadlines.length === 0 ? null : deadlines.reduce((a, b) => Math.min(a, b))
  }
}
