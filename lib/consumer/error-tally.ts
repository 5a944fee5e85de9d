import type { ErrorCode, SlsKafkaError } from '../errors'

/** An error that was told, without what it may carry. */
export interface ToldError {
  readonly code: ErrorCode
  /** Milliseconds since 1970. */
  readonly at: number
  /**
   * What is wrong with the settings, in the language of the runtime. Other errors are told without
   * their text, which may quote a log.
   */
  readonly message?: string
}

/** Counts what was told, since the node was deployed. */
export class ErrorTally {
  readonly #counts = new Map<ErrorCode, number>()
  readonly #lastByShard = new Map<number, ToldError>()
  #last: ToldError | null = null
  #lastError: SlsKafkaError | null = null

  note(error: SlsKafkaError, at: number): void {
    // A record that cannot be decoded is told of, and then goes to the output for such records.
    if (error === this.#lastError) return
    const { code, params } = error
    this.#lastError = error
    this.#last = { code, at }
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1)
    const { shard } = params
    if (typeof shard === 'number') this.#lastByShard.set(shard, this.#last)
  }

  get last(): ToldError | null {
    return this.#last
  }

  /** All of it. */
  get lastError(): SlsKafkaError | null {
    return this.#lastError
  }

  lastOf(shard: number): ToldError | null {
    return this.#lastByShard.get(shard) ?? null
  }

  get counts(): Readonly<Partial<Record<ErrorCode, number>>> {
    return Object.fromEntries(this.#counts)
  }
}
