/**
 * The shards that the user has paused. A pause outlives assignments and connections, and also applies to
 * shards that are assigned later.
 */
export class UserPause {
  /** Whether all shards but the exceptions are paused. */
  #isOfAll = false
  readonly #exceptions = new Set<number>()

  /** Whether a shard that no command has named is paused. */
  get isOfNewShards(): boolean {
    return this.#isOfAll
  }

  includes(shard: number): boolean {
    return this.#isOfAll !== this.#exceptions.has(shard)
  }

  /** @param shards null for all, also for later ones */
  set(isPaused: boolean, shards: readonly number[] | null): void {
    if (shards === null) {
      this.#isOfAll = isPaused
      this.#exceptions.clear()
      return
    }
    for (const shard of shards) {
      if (isPaused === this.#isOfAll) this.#exceptions.delete(shard)
      else this.#exceptions.add(shard)
    }
  }
}
