import type { Clock } from '../clock'
import type { RateLimit } from './rate-limit'
import type { ShardProcessor } from './processor'

export interface SchedulerOptions {
  readonly clock: Clock
  /** False while the shards can belong to another member of the group. */
  readonly maySend: () => boolean
  /** Limits the records a second; null is unlimited. */
  readonly limit: RateLimit | null
  readonly onSent: (processor: ShardProcessor) => void
}

/** The time between two checks whether this member still owns its shards. */
const SESSION_CHECK_MS = 100

/** The time without sending after an exception that is not a record error. */
const PAUSE_MS = 1_000

/**
 * Chooses which shard sends next: the shards take turns, and each keeps its order.
 *
 * Each turn of the event loop sends one message. So a flow of synchronous nodes keeps up, and the editor
 * stays usable. Several messages would pile up in nodes that take one message a turn, such as Switch.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  #processors: readonly ShardProcessor[] = []
  #turn = 0
  #isStopped = false
  #cancelTurn: (() => void) | null = null
  #cancelWait: (() => void) | null = null

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /** Schedules these processors and no others from now on, also after a stop. */
  assign(processors: readonly ShardProcessor[]): void {
    this.#processors = processors
    this.#turn = 0
    this.#isStopped = false
    this.wake()
  }

  /** Replaces the processor of a shard. Records that are queued in the old one are dropped. */
  replace(old: ShardProcessor, processor: ShardProcessor): void {
    this.#processors = this.#processors.map((known) => (known === old ? processor : known))
  }

  /** Sends nothing until the next assignment. */
  stop(): void {
    this.#isStopped = true
    this.#cancelTurn?.()
    this.#cancelTurn = null
    this.#stopWaiting()
  }

  /** Call this when records were queued, or more records can be sent than before. */
  wake(): void {
    if (this.#isStopped || this.#cancelTurn) return
    this.#stopWaiting()
    this.#cancelTurn = this.#options.clock.soon(this.#run)
  }

  readonly #run = (): void => {
    this.#cancelTurn = null
    let hasThrown = true
    try {
      this.#sendNext()
      hasThrown = false
    } finally {
      // The clock reports the exception. Without a pause, the same could happen again and again.
      if (hasThrown) this.#pause()
    }
  }

  #sendNext(): void {
    const { clock, limit, maySend, onSent } = this.#options
    if (!maySend()) {
      this.#waitFor(SESSION_CHECK_MS)
      return
    }
    const nowMs = clock.monotonic()
    const next = this.#nextProcessor(nowMs)
    if (!next) return
    const waitMs = Math.max(limit?.wait(nowMs) ?? 0, next.dueAtMs - nowMs)
    if (waitMs > 0) {
      // Node.js cuts fractions off a delay, so the timer would fire too early.
      this.#waitFor(Math.ceil(waitMs))
      return
    }
    const count = next.processor.sendNext(nowMs, clock.now())
    limit?.sent(count)
    onSent(next.processor)
    this.wake()
  }

  /** The next processor in turn that is due; if none is due, the one that is due first. */
  #nextProcessor(nowMs: number): { processor: ShardProcessor; dueAtMs: number } | null {
    let first: { processor: ShardProcessor; dueAtMs: number } | null = null
    for (let step = 0; step < this.#processors.length; step++) {
      const index = (this.#turn + step) % this.#processors.length
      const processor = this.#processors[index]
      if (!processor || processor.queue.isPausedBy('user')) continue
      const dueAtMs = processor.dueAtMs(nowMs)
      if (dueAtMs === null) continue
      if (dueAtMs <= nowMs) {
        this.#turn = index + 1
        return { processor, dueAtMs }
      }
      if (!first || dueAtMs < first.dueAtMs) first = { processor, dueAtMs }
    }
    return first
  }

  #pause(): void {
    this.#cancelTurn?.()
    this.#cancelTurn = null
    this.#stopWaiting()
    this.#waitFor(PAUSE_MS)
  }

  #waitFor(milliseconds: number): void {
    this.#cancelWait = this.#options.clock.after(milliseconds, () => {
      this.#cancelWait = null
      this.wake()
    })
  }

  #stopWaiting(): void {
    this.#cancelWait?.()
    this.#cancelWait = null
  }
}
