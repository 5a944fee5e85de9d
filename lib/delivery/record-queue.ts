/** What the queue needs to know of a record. */
export interface QueuedRecord {
  readonly key: Sized | null
  readonly value: Sized | null
  readonly headers?: readonly (readonly [name: Sized, value: Sized | null])[] | null
}

interface Sized {
  readonly length: number
}

/** Bytes that a record costs beside its key and value: offsets, references, bookkeeping. */
const RECORD_OVERHEAD = 100
/** The same of a header beside its name and value. */
const HEADER_OVERHEAD = 150

/** Records of one shard that were fetched and not yet sent, in order. */
export class RecordQueue<R extends QueuedRecord> {
  #records: (R | undefined)[] = []
  #head = 0
  #bytes = 0

  /** Memory held, in bytes; approximate. */
  get bytes(): number {
    return this.#bytes
  }

  get length(): number {
    return this.#records.length - this.#head
  }

  push(records: readonly R[]): void {
    for (const record of records) {
      this.#records.push(record)
      this.#bytes += sizeOf(record)
    }
  }

  /** The oldest records, at most `count` of them. */
  take(count: number): R[] {
    const end = Math.min(this.#head + count, this.#records.length)
    const taken: R[] = []
    for (; this.#head < end; this.#head++) {
      const record = this.#records[this.#head]
      if (record === undefined) continue
      taken.push(record)
      this.#bytes -= sizeOf(record)
      // Released at once: a record keeps the whole fetched answer in memory.
      this.#records[this.#head] = undefined
    }
    if (this.length === 0) {
      this.#records = []
      this.#head = 0
    }
    return taken
  }
}

/** Bytes of memory that a record costs; approximate. */
export function sizeOf(record: QueuedRecord): number {
  const bytes = RECORD_OVERHEAD + (record.key?.length ?? 0) + (record.value?.length ?? 0)
  return record.headers ? bytes + headerBytes(record.headers) : bytes
}

function headerBytes(headers: NonNullable<QueuedRecord['headers']>): number {
  return headers.reduce(
    (sum, [name, value]) => sum + HEADER_OVERHEAD + name.length + (value?.length ?? 0),
    0,
  )
}
