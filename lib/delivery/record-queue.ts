/** What the queue needs to know of a record. */
export interface QueuedRecord {
  readonly key: { readonly length: number } | null
  readonly value: { readonly length: number } | null
}

/** Bytes that a record costs beside its key and value: offsets, references, bookkeeping. */
const RECORD_OVERHEAD = 100

/** Records of one shard that were fetched and not yet sent, in order. */
export class RecordQueue<R extends QueuedRecord> {
  #records: (R | undefined)[] = []
  #head = 0
  #bytes = 0

  /** Memory held, in bytes; approximate. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#head === this.#records.length
  }

  push(records: readonly R[]): void {
    for (const record of records) {
      this.#records.push(record)
      this.#bytes += sizeOf(record)
    }
  }

  shift(): R | undefined {
    const record = this.#records[this.#head]
    if (record === undefined) return undefined
    // Released at once: a record keeps the whole fetched answer in memory.
    this.#records[this.#head++] = undefined
    this.#bytes -= sizeOf(record)
    if (this.isEmpty) {
      this.#records = []
      this.#head = 0
    }
    return record
  }
}

function sizeOf(record: QueuedRecord): number {
  return RECORD_OVERHEAD + (record.key?.length ?? 0) + (record.value?.length ?? 0)
}
