import { RetryBackoff, WRITE_BACKOFF } from '../backoff'

/** A shard that took nothing is left out for this long while another one takes records. */
const LEFT_OUT_MS = 60_000

interface RefusingShard {
  readonly retries: RetryBackoff
  /** Monotonic. Nothing is sent to the shard before. */
  retryAtMs: number
  /** Monotonic. The shard is chosen before only if all others are left out as well. */
  leftOutUntilMs: number
}

/** Which shards can take a batch now. A shard that refuses one has a backoff of its own. */
export class ShardChoice {
  readonly #refusing = new Map<number, RefusingShard>()
  readonly #isReachable: (shard: number) => boolean

  /** @param isReachable whether the shard has a leader that responds */
  constructor(isReachable: (shard: number) => boolean = () => true) {
    this.#isReachable = isReachable
  }

  /** Backs a shard off whose batch the service did not take. */
  refused(shard: number, nowMs: number): void {
    const state = this.#stateOf(shard)
    state.retryAtMs = nowMs + state.retries.failed()
  }

  /** Backs a shard off, and prefers other shards for a minute. */
  leaveOut(shard: number, nowMs: number): void {
    this.refused(shard, nowMs)
    this.#stateOf(shard).leftOutUntilMs = nowMs + LEFT_OUT_MS
  }

  written(shard: number): void {
    this.#refusing.delete(shard)
  }

  /** Ends all backoffs and makes the next ones short, because a closing writer has no time for them. */
  retryNow(): void {
    for (const state of this.#refusing.values()) {
      state.retryAtMs = -Infinity
      state.retries.reset()
    }
  }

  isLeftOut(shard: number, nowMs: number): boolean {
    return (this.#refusing.get(shard)?.leftOutUntilMs ?? -Infinity) > nowMs
  }

  /** The shards that are not left out; all shards if every reachable one is left out. */
  preferred(shards: readonly number[], nowMs: number): readonly number[] {
    const open = shards.filter((shard) => !this.isLeftOut(shard, nowMs))
    return open.some(this.#isReachable) ? open : shards
  }

  /** Whether every shard that can be reached waits for its backoff. */
  isStuck(shards: readonly number[], nowMs: number): boolean {
    return shards.filter(this.#isReachable).every((shard) => this.waitMs(shard, nowMs) > 0)
  }

  /** Milliseconds until something can be sent to the shard; 0 for now. */
  waitMs(shard: number, nowMs: number): number {
    return Math.max(0, (this.#refusing.get(shard)?.retryAtMs ?? -Infinity) - nowMs)
  }

  #stateOf(shard: number): RefusingShard {
    const known = this.#refusing.get(shard)
    if (known) return known
    const state = {
      retries: new RetryBackoff(WRITE_BACKOFF),
      retryAtMs: -Infinity,
      leftOutUntilMs: -Infinity,
    }
    this.#refusing.set(shard, state)
    return state
  }
}
