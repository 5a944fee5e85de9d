/**
 * Which shards the user wants paused. It outlives assignments and connections, and holds for shards
 * that are not ours yet.
 */
export class UserPause {
  /** Of all shards but the exceptions. */
  #isOfAll = false
  readonly #exceptions = new Set<number>()

  /** Whether a shard that nobody spoke of is paused. */
  get isOfNewShards(): boolean {
    return this.#isOfAll
  }

  includes(shard: number): boolean {
    return this.#isOfAll !== this.#exceptions.has(shard)
  }

  /** @param shards null for all, also those to come */
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
