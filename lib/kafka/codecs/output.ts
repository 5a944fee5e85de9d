import { BatchTooLargeError, MAX_BATCH_BYTES } from './limit'

/** Below this many bytes a loop is faster than a call. */
const LOOP_BELOW = 32

/** What has been decompressed so far. Grows as needed, up to the limit. */
export class Output {
  #bytes: Buffer
  #length = 0

  /** @param expected bytes; a guess */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(MAX_BATCH_BYTES, Math.max(1024, expected)))
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  append(source: Buffer, start: number, count: number): void {
    if (start + count > source.length) throw new Error('cut off')
    const bytes = this.#withRoomFor(count)
    if (count < LOOP_BELOW) {
      for (let from = start, to = this.#length; from < start + count;) {
        bytes[to++] = source[from++] ?? 0
      }
    } else {
      source.copy(bytes, this.#length, start, start + count)
    }
    this.#length += count
  }

  /** Appends what stands `distance` bytes back. It may overlap with its copy. */
  repeat(distance: number, count: number): void {
    const start = this.#length - distance
    if (distance === 0 || start < 0) throw new Error('refers to before its beginning')
    const bytes = this.#withRoomFor(count)
    if (count < LOOP_BELOW || distance < count) {
      for (let from = start, to = this.#length; from < start + count;) {
        bytes[to++] = bytes[from++] ?? 0
      }
    } else {
      bytes.copyWithin(this.#length, start, start + count)
    }
    this.#length += count
  }

  #withRoomFor(count: number): Buffer {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return this.#bytes
    if (needed > MAX_BATCH_BYTES) throw new BatchTooLargeError()
    const larger = Buffer.allocUnsafeSlow(
      Math.min(MAX_BATCH_BYTES, Math.max(needed, 2 * this.#bytes.length)),
    )
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
    return larger
  }
}
