import type { Clock } from '../clock'
import type { RateLimit } from './rate-limit'
import type { Lane } from './lane'

export interface SchedulerOptions {
  readonly clock: Clock
  /** False while the shards may belong to another member of the group. */
  readonly maySend: () => boolean
  /** Null is unlimited. */
  readonly limit: RateLimit | null
  /** @param count records that were sent for the first time */
  readonly onSent: (lane: Lane, count: number) => void
}

/** Milliseconds between two looks whether the shards are still ours. */
const SESSION_CHECK = 100

/** Milliseconds after an exception that is no record's error. */
const PAUSE = 1_000

/**
 * Gives queued records to the flow: shard by shard in turn, in order within each. One message in a turn
 * of the event loop: a flow of synchronous nodes then keeps up by itself, while several at once pile up
 * in nodes that take one message a turn, such as Node-RED's Switch; and the editor stays usable.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  #lanes: readonly Lane[] = []
  #turn = 0
  #isHeld = false
  #cancelTurn: (() => void) | null = null
  #cancelWait: (() => void) | null = null

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /** From now on these; what is queued in others is dropped. Ends a hold. */
  assign(lanes: readonly Lane[]): void {
    this.#lanes = lanes
    this.#turn = 0
    this.#isHeld = false
    this.wake()
  }

  /** Another lane for a shard that stays ours; what is queued in the old one is dropped. */
  replace(old: Lane, lane: Lane): void {
    this.#lanes = this.#lanes.map((known) => (known === old ? lane : known))
  }

  /** Sends nothing until the next assignment. */
  hold(): void {
    this.#isHeld = true
    this.#cancelTurn?.()
    this.#cancelTurn = null
    this.#stopWaiting()
  }

  /** Something was queued, or may be sent that could not be before. */
  wake(): void {
    if (this.#isHeld || this.#cancelTurn) return
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
      // Whoever runs this takes note of the exception. At once the same would happen, and for ever.
      if (hasThrown) this.#pause()
    }
  }

  #sendNext(): void {
    const { clock, limit, maySend, onSent } = this.#options
    if (!maySend()) {
      this.#waitFor(SESSION_CHECK)
      return
    }
    const nowMs = clock.monotonic()
    const next = this.#nextLane(nowMs)
    if (!next) return
    const waitMs = Math.max(limit?.wait(nowMs) ?? 0, next.dueAtMs - nowMs)
    if (waitMs > 0) {
      // Node.js cuts fractions off a timer, which would then wake too early.
      this.#waitFor(Math.ceil(waitMs))
      return
    }
    const count = next.lane.sendNext(nowMs, clock.now())
    limit?.sent(count)
    onSent(next.lane, count)
    this.wake()
  }

  /** The lane whose turn it is among those that are due; else the one that is due first. */
  #nextLane(nowMs: number): { lane: Lane; dueAtMs: number } | null {
    let first: { lane: Lane; dueAtMs: number } | null = null
    for (let step = 0; step < this.#lanes.length; step++) {
      const index = (this.#turn + step) % this.#lanes.length
      const lane = this.#lanes[index]
      if (!lane || lane.shard.isPausedBy('user')) continue
      const dueAtMs = lane.dueAtMs()
      if (dueAtMs === null) continue
      if (dueAtMs <= nowMs) {
        this.#turn = index + 1
        return { lane, dueAtMs }
      }
      if (!first || dueAtMs < first.dueAtMs) first = { lane, dueAtMs }
    }
    return first
  }

  #pause(): void {
    this.#cancelTurn?.()
    this.#cancelTurn = null
    this.#stopWaiting()
    this.#waitFor(PAUSE)
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
