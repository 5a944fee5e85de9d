const WINDOW_SECONDS = 10

/** So many a second, over the last ten seconds of monotonic time. */
export class RateMeter {
  readonly #counts = new Array<number>(WINDOW_SECONDS).fill(0)
  #second = 0

  add(count: number, nowMs: number): void {
    this.#advance(nowMs)
    const slot = this.#second % WINDOW_SECONDS
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count
  }

  perSecond(nowMs: number): number {
    this.#advance(nowMs)
    return this.#counts.reduce((sum, count) => sum + count, 0) / WINDOW_SECONDS
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    const passed = Math.min(WINDOW_SECONDS, second - this.#second)
    for (let step = 1; step <= passed; step++)
      this.#counts[(second - passed + step) % WINDOW_SECONDS] = 0
    if (passed > 0) this.#second = second
  }
}

/** What a record weighs: the bytes of its key and its value. */
interface Weighed {
  readonly key: { readonly length: number } | null
  readonly value: { readonly length: number } | null
}

/** Records and bytes a second that one shard has given to the flow. */
export class Throughput {
  readonly #records = new RateMeter()
  readonly #bytes = new RateMeter()
  #recordsInAll = 0
  #bytesInAll = 0

  /** Records so far. */
  get records(): number {
    return this.#recordsInAll
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytesInAll
  }

  add(records: readonly Weighed[], nowMs: number): void {
    let bytes = 0
    for (const { key, value } of records) bytes += (key?.length ?? 0) + (value?.length ?? 0)
    this.#records.add(records.length, nowMs)
    this.#bytes.add(bytes, nowMs)
    this.#recordsInAll += records.length
    this.#bytesInAll += bytes
  }

  recordsPerSecond(nowMs: number): number {
    return this.#records.perSecond(nowMs)
  }

  bytesPerSecond(nowMs: number): number {
    return this.#bytes.perSecond(nowMs)
  }
}
