/** First times of a record, or of the records of one message; monotonic. */
export interface FirstTimes {
  /** When the first attempt was sent. */
  readonly sentAtMs: number
  /** When an attempt first failed; null if none has. */
  readonly failedAtMs: number | null
}

export interface InterruptedRecord extends FirstTimes {
  readonly offset: bigint
}

/**
 * Records that were in flight when a membership ended. The next membership reads them again, and their age
 * counts from their first attempt.
 */
export class InterruptedRecords {
  /** Sorted by offset. */
  #records: readonly InterruptedRecord[] = []

  get oldestSentAtMs(): number | null {
    return earliest(this.#records.map(({ sentAtMs }) => sentAtMs))
  }

  /** Whether one of the records had failed. */
  get haveFailed(): boolean {
    return this.#records.some(({ failedAtMs }) => failedAtMs !== null)
  }

  add(records: readonly InterruptedRecord[]): void {
    this.#records = [...this.#records, ...records].sort((one, other) =>
      Number(one.offset - other.offset),
    )
  }

  /**
   * Removes the records from `first` to `last`, which are sent again, and all earlier ones, which are done.
   *
   * @param first offset as decimal text, like `last`
   * @returns the earliest times of these records; null if none of them is known
   */
  take(first: string, last: string): FirstTimes | null {
    if (this.#records.length === 0) return null
    const [from, to] = [BigInt(first), BigInt(last)]
    const known = this.#records.filter(({ offset }) => offset >= from && offset <= to)
    this.#records = this.#records.filter(({ offset }) => offset > to)
    const sentAtMs = earliest(known.map((record) => record.sentAtMs))
    if (sentAtMs === null) return null
    return { sentAtMs, failedAtMs: earliest(known.flatMap((record) => record.failedAtMs ?? [])) }
  }

  clear(): void {
    this.#records = []
  }
}

function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : times.reduce((one, other) => Math.min(one, other))
}
