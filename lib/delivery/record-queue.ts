import type { FetchedRecord, FetchedRecords } from '../kafka/log-source'

/** Records of one shard that were fetched and not yet sent, in order. */
export class RecordQueue {
  readonly #chunks: FetchedRecords[] = []
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
    this.#chunks.push(records)
    this.#length += length
    this.#bytes += size
  }

  /** Takes out the oldest records: see `FetchedRecords.take`. @returns their number, at most `count` */
  take(count: number, use: (record: FetchedRecord) => void): number {
    let taken = 0
    for (let chunk = this.#chunks[0]; chunk && taken < count; chunk = this.#chunks[0]) {
      const { length, size } = chunk
      try {
        chunk.take(count - taken, use)
      } finally {
        taken += length - chunk.length
        this.#length -= length - chunk.length
        this.#bytes -= size - chunk.size
        if (chunk.length === 0) this.#chunks.shift()
      }
    }
    return taken
  }
}
