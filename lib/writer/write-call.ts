import { SlsKafkaError } from '../errors'

export interface ShardShare {
  /** Logs of the call in this shard. */
  count: number
  /** Offset of the first of these logs, decimal; null if the service returns none. */
  readonly offset: string | null
}

/** The result of all logs of one call. */
export interface WriteResult {
  readonly count: number
  /** Logs that the service has confirmed. */
  readonly written: number
  /** The logs that were not written: their indexes in the call, ascending. They can be written again alone. */
  readonly unwritten: readonly number[]
  /** Shares by shard. */
  readonly shards: Readonly<Record<string, ShardShare>>
  /** Error of the first log that was not written; null if all were. Its params have `written` and `count`. */
  readonly error: SlsKafkaError | null
}

/** One call of `write`, whose logs can be written in several batches. */
export class WriteCall {
  readonly result: Promise<WriteResult>
  readonly #count: number
  #settled = 0
  #written = 0
  #error: SlsKafkaError | null = null
  readonly #unwritten: number[] = []
  readonly #shards: Record<string, ShardShare> = {}
  #resolve: (result: WriteResult) => void = () => undefined

  /** @param count logs of the call; one without logs is settled at once */
  constructor(count: number) {
    this.#count = count
    this.result = new Promise((resolve) => {
      this.#resolve = resolve
    })
    if (count === 0) this.#finish()
  }

  /** @param baseOffset of the batch; null if it is not known @param index of the log in the batch */
  written(shard: number, baseOffset: bigint | null, index: number): void {
    this.#written++
    const share = this.#shards[shard]
    if (share) share.count++
    else {
      const offset = baseOffset === null ? null : String(baseOffset + BigInt(index))
      this.#shards[shard] = { count: 1, offset }
    }
    this.#settle()
  }

  /** @param index of the log in the call */
  failed(error: SlsKafkaError, index: number): void {
    this.#error ??= error
    this.#unwritten.push(index)
    this.#settle()
  }

  #settle(): void {
    this.#settled++
    if (this.#settled === this.#count) this.#finish()
  }

  #finish(): void {
    const [count, written, error] = [this.#count, this.#written, this.#error]
    const reported =
      error && new SlsKafkaError(error.code, { ...error.params, written, count }, error.cause)
    const unwritten = this.#unwritten.sort((one, other) => one - other)
    this.#resolve({ count, written, unwritten, shards: this.#shards, error: reported })
  }
}
