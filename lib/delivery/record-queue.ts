import type { FetchedRecord, FetchedRecords } from '../kafka/log-source'

/** What is left of the records that were pushed together. */
interface Chunk {
  readonly records: Iterator<FetchedRecord>
  length: number
}

/** Records of one shard that were fetched and not yet sent, in order. */
export class RecordQueue {
  readonly #chunks: Chunk[] = []
  #length = 0
  #bytes = 0

  /** Sum of the sizes of the records; see `FetchedRecord.size`. */
  get bytes(): number {
    return this.#bytes
  }

  get length(): number {
    return this.#length
  }

  push(records: FetchedRecords): void {
    const { length, size } = records
    if (length === 0) return
    this.#chunks.push({ records: records[Symbol.iterator](), length })
    this.#length += length
    this.#bytes += size
  }

  /** Removes and returns the oldest records, at most `count`. */
  take(count: number): FetchedRecord[] {
    const taken: FetchedRecord[] = []
    for (let chunk = this.#chunks[0]; chunk && taken.length < count; chunk = this.#chunks[0]) {
      const { records } = chunk
      while (chunk.length > 0 && taken.length < count) {
        const record = records.next().value as FetchedRecord
        chunk.length--
        this.#bytes -= record.size
        taken.push(record)
      }
      // Release the records at once: one of them can keep a whole fetch response in memory.
      if (chunk.length === 0) this.#chunks.shift()
    }
    this.#length -= taken.length
    return taken
  }
}
