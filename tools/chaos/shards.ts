import type { Random } from '../shared/random'

/** Each shard is read forever, also one that is read-only. */
const MAX_SHARDS = 24
const MIN_WRITABLE = 3
const MAX_WRITABLE = 6

/** The shards of a logstore as splits and merges leave them: new ones get the next free ids. */
export class Shards {
  #writable: number[]
  #count: number

  constructor(count: number) {
    this.#count = count
    this.#writable = Array.from({ length: count }, (_, id) => id)
  }

  /** Returns the shard to split, or null if there are enough shards. */
  split(random: Random): number | null {
    if (this.#writable.length >= MAX_WRITABLE || this.#count + 2 > MAX_SHARDS) return null
    const parent = this.#take(random)
    this.#add()
    this.#add()
    return parent
  }

  /** Returns the shards to merge, or null if there are too few shards. */
  merge(random: Random): readonly [number, number] | null {
    if (this.#writable.length <= MIN_WRITABLE || this.#count + 1 > MAX_SHARDS) return null
    const parents = [this.#take(random), this.#take(random)] as const
    this.#add()
    return parents
  }

  #take(random: Random): number {
    const shard = random.pick(this.#writable)
    this.#writable = this.#writable.filter((one) => one !== shard)
    return shard
  }

  #add(): void {
    this.#writable.push(this.#count)
    this.#count += 1
  }
}
