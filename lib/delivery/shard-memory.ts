import type { Clock } from '../clock'
import { ShardDelay } from './shard-delay'
import { NOTHING_IN_FLIGHT, type ShardState } from './progress'
import type { UserPause } from './user-pause'

/**
 * Keeps the delay and the last state of shards between two memberships. Both count until the group assigns
 * shards again, because no other member is known to read them.
 */
export class ShardMemory {
  readonly #clock: Clock
  readonly #delays = new Map<number, ShardDelay>()
  /** When the run began, monotonic; null once shards were assigned. */
  #startedAtMs: number | null = null
  #lastStates: readonly ShardState[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Clears the memory for a new run of the consumer. */
  start(): void {
    this.clear()
    this.#startedAtMs = this.#clock.monotonic()
  }

  /** Forgets all shards but these, which the group has assigned. */
  assigned(shards: readonly number[]): void {
    this.#startedAtMs = null
    this.#lastStates = []
    const ours = new Set(shards)
    for (const shard of this.#delays.keys()) if (!ours.has(shard)) this.#delays.delete(shard)
  }

  /** Forgets everything, because the consumer is stopped. */
  clear(): void {
    this.#startedAtMs = null
    this.#lastStates = []
    this.#delays.clear()
  }

  delayOf(shard: number): ShardDelay {
    const known = this.#delays.get(shard)
    if (known) return known
    const delay = new ShardDelay(this.#clock.monotonic())
    this.#delays.set(shard, delay)
    return delay
  }

  /** Forgets the delay of a shard whose position was moved: the delay no longer applies. */
  forget(shard: number): void {
    this.#delays.delete(shard)
  }

  /** The delay of the shard that is furthest behind; before the first assignment, the time since the start. */
  get delaySeconds(): number {
    const { nowMs, wallTime } = this.#moment()
    const delays = [...this.#delays.values()].map((delay) => delay.delay(nowMs, wallTime))
    if (this.#startedAtMs !== null) delays.push(nowMs - this.#startedAtMs)
    return seconds(delays.reduce((one, other) => Math.max(one, other), 0))
  }

  delaySecondsOf(shard: number): number {
    const { nowMs, wallTime } = this.#moment()
    return seconds(this.#delays.get(shard)?.delay(nowMs, wallTime) ?? 0)
  }

  get isCaughtUp(): boolean {
    const nowMs = this.#clock.monotonic()
    return [...this.#delays.values()].every((delay) => delay.isCaughtUp(nowMs))
  }

  /** Whether failed records of an earlier membership are not sent again yet. */
  get isRetrying(): boolean {
    return [...this.#delays.values()].some(({ interrupted }) => interrupted.haveFailed)
  }

  /** Keeps the states of the shards at the end of a membership. */
  ended(states: readonly ShardState[]): void {
    if (states.length > 0) this.#lastStates = states
  }

  /** The shards of the last membership, until the group assigns some again. */
  lastStates(userPause: UserPause): ShardState[] {
    return this.#lastStates.map((state) => ({
      ...state,
      ...NOTHING_IN_FLIGHT,
      queued: 0,
      rate: 0,
      bytesPerSecond: 0,
      delaySeconds: this.delaySecondsOf(state.shard),
      isCaughtUp: false,
      isPaused: userPause.includes(state.shard),
    }))
  }

  #moment(): { readonly nowMs: number; readonly wallTime: number } {
    return { nowMs: this.#clock.monotonic(), wallTime: this.#clock.now() }
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000)
}
