import { crc32c } from '../kafka/records/crc32c'
import type { ShardChoice } from './shard-choice'

/** Says which shards the next batches go to. */
interface ShardOrder {
  /** Whether a batch has to be settled before the next one is sent. */
  readonly isStrict: boolean
  /**
   * The shards that the next batches go to, in this order.
   *
   * @param all shards of the logstore, ascending
   */
  targets(all: readonly number[], nowMs: number): readonly number[]
}

/** Batches go to all shards in turn, so that a refused one can go to another shard. */
export class SpreadOrder implements ShardOrder {
  readonly isStrict = false
  readonly #choice: ShardChoice
  #turn = 0

  constructor(choice: ShardChoice) {
    this.#choice = choice
  }

  targets(all: readonly number[], nowMs: number): readonly number[] {
    const shards = this.#choice.preferred(all, nowMs)
    const first = shards.length === 0 ? 0 : this.#turn % shards.length
    return [...shards.slice(first), ...shards.slice(0, first)]
  }

  /** The next batch goes to the next shard. */
  sent(count: number): void {
    this.#turn += count
  }
}

/**
 * All batches go to one shard, so that their order holds. The shard stays the same after a restart while the
 * logstore has the same shards. Only a refusal moves on to another one: a shard that was split never takes a
 * record again.
 */
export class SingleShardOrder implements ShardOrder {
  readonly isStrict = true
  readonly #choice: ShardChoice
  readonly #seed: number
  #shard: number | null = null

  /** @param name of the writer, by which writers are spread over the shards */
  constructor(choice: ShardChoice, name: string) {
    this.#choice = choice
    this.#seed = crc32c(Buffer.from(name))
  }

  targets(all: readonly number[], nowMs: number): readonly number[] {
    const shards = this.#choice.preferred(all, nowMs)
    if (this.#shard === null || !shards.includes(this.#shard)) {
      this.#shard = shards[this.#seed % shards.length] ?? null
    }
    return this.#shard === null ? [] : [this.#shard]
  }
}
