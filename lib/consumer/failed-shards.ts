import type { ErrorCode, SlsKafkaError } from '../errors'
import type { UnreadableSpan } from '../kafka/source'
import type { Progress } from '../delivery/progress'

interface FailedShard {
  readonly error: SlsKafkaError
  readonly unreadable: UnreadableSpan | null
}

/** Shards that cannot be read while the others can, and why. */
export class FailedShards {
  readonly #failures = new Map<number, FailedShard>()

  /** @returns whether that is news: a shard is tried again at each assignment, and many may fail alike */
  add(shard: number, error: SlsKafkaError, unreadable: UnreadableSpan | null): boolean {
    const isKnown = this.codeOf(shard) === error.code || this.has(error)
    this.#failures.set(shard, { error, unreadable })
    return !isKnown
  }

  /** Whether a shard fails for this cause. */
  has({ code, params }: SlsKafkaError): boolean {
    return [...this.#failures.values()].some(
      ({ error }) =>
        error.code === code &&
        error.params['shard'] === params['shard'] &&
        error.params['detail'] === params['detail'],
    )
  }

  /** It is read again, or elsewhere. @returns whether it had failed */
  forget(shard: number): boolean {
    return this.#failures.delete(shard)
  }

  get isEmpty(): boolean {
    return this.#failures.size === 0
  }

  /** No others are ours. */
  keep(shards: readonly number[]): void {
    for (const shard of this.#failures.keys()) if (!shards.includes(shard)) this.forget(shard)
  }

  clear(): void {
    this.#failures.clear()
  }

  codeOf(shard: number): ErrorCode | null {
    return this.#failures.get(shard)?.error.code ?? null
  }

  /** What cannot be decoded; null if it is the service or the network that fails. */
  unreadableOf(shard: number): UnreadableSpan | null {
    return this.#failures.get(shard)?.unreadable ?? null
  }

  /** These stop reading as records that were given up do. */
  addedTo(progress: Progress): Progress {
    const [first] = this.#failures.values()
    if (!first) return progress
    const stoppedShards = new Set([...this.#failures.keys(), ...progress.stoppedShards])
    return { ...progress, stoppedShards: [...stoppedShards], stoppedBy: first.error.code }
  }
}
