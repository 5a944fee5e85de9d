import type { Clock } from '../clock'
import { ShardDelay } from './shard-delay'
import { NOTHING_IN_FLIGHT, type ShardState } from './progress'
import type { UserPause } from './user-pause'

/**
 * What of our shards outlives a membership: how far they are behind, and how they were when it ended.
 * Until the group counts us in again, nobody knows of another one who reads them.
 */
export class ShardMemory {
  readonly #clock: Clock
  readonly #delays = new Map<number, ShardDelay>()
  /** Since when it is to run, without any assignment so far; monotonic. */
  #startedAtMs: number | null = null
  #lastStates: readonly ShardState[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The consumer is to run from now on. */
  start(): void {
    this.clear()
    this.#startedAtMs = this.#clock.monotonic()
  }

  /** These are ours now and no others. */
  assigned(shards: readonly number[]): void {
    this.#startedAtMs = null
    this.#lastStates = []
    const ours = new Set(shards)
    for (const shard of this.#delays.keys()) if (!ours.has(shard)) this.#delays.delete(shard)
  }

  /** Nothing is read, because that is wanted. */
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

  /** Reading goes on elsewhere: what was read so far says nothing of what is left. */
  forget(shard: number): void {
    this.#delays.delete(shard)
  }

  /** Of the shard that is furthest behind; before the first assignment the time since the start. */
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

  /** Something that failed in an earlier membership is still to be sent again. */
  get isRetrying(): boolean {
    return [...this.#delays.values()].some(({ interrupted }) => interrupted.haveFailed)
  }

  /** A membership has ended like this. */
  ended(states: readonly ShardState[]): void {
    if (states.length > 0) this.#lastStates = states
  }

  /** Of the shards that we had when the last membership ended, until we have some again. */
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
