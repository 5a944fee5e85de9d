/** When a record, or several that go together, met what; in monotonic time. */
export interface FirstTimes {
  /** It was sent for the first time. */
  readonly sentAtMs: number
  /** Its first attempt failed; null if none did. */
  readonly failedAtMs: number | null
}

export interface InterruptedRecord extends FirstTimes {
  readonly offset: bigint
}

/**
 * Records that were in flight when a membership ended. The next one reads them again; how long they wait
 * counts from before.
 */
export class InterruptedRecords {
  /** By offset. */
  #records: readonly InterruptedRecord[] = []

  get oldestSentAtMs(): number | null {
    return earliest(this.#records.map(({ sentAtMs }) => sentAtMs))
  }

  /** One of them had failed. */
  get haveFailed(): boolean {
    return this.#records.some(({ failedAtMs }) => failedAtMs !== null)
  }

  add(records: readonly InterruptedRecord[]): void {
    this.#records = [...this.#records, ...records].sort((one, other) =>
      Number(one.offset - other.offset),
    )
  }

  /**
   * These are sent again, and what was before them is done.
   *
   * @param first offset, as is `last`; decimal text
   * @returns null if none of these is known
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
