import { BatchTooLargeError } from './limits'

/** Below this many bytes a loop is faster than a call. */
const LOOP_BELOW = 32
const SMALLEST = 1024

/** The decompressed bytes so far. The buffer grows up to its limit. */
export class OutputBuffer {
  readonly #limit: number
  #bytes: Buffer
  #length = 0

  /** @param expected bytes, a guess that the size of the input must justify @param limit in bytes */
  constructor(expected: number, limit: number) {
    this.#limit = limit
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(SMALLEST, expected)))
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  get length(): number {
    return this.#length
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

  fill(byte: number, count: number): void {
    const bytes = this.#withRoomFor(count)
    bytes.fill(byte, this.#length, this.#length + count)
    this.#length += count
  }

  /** Appends what stands `distance` bytes back. The source may overlap with its copy. */
  repeat(distance: number, count: number): void {
    const start = this.#length - distance
    if (distance <= 0 || start < 0) throw new Error('refers to before its beginning')
    const bytes = this.#withRoomFor(count)
    if (count < LOOP_BELOW) {
      for (let from = start, to = this.#length; from < start + count;) {
        bytes[to++] = bytes[from++] ?? 0
      }
    } else {
      // What is copied repeats itself: each copy doubles what the next one can take.
      for (let done = 0; done < count;) {
        const size = Math.min(distance + done, count - done)
        bytes.copyWithin(this.#length + done, start, start + size)
        done += size
      }
    }
    this.#length += count
  }

  #withRoomFor(count: number): Buffer {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return this.#bytes
    if (needed > this.#limit) throw new BatchTooLargeError(this.#limit)
    const larger = Buffer.allocUnsafeSlow(
      Math.min(this.#limit, Math.max(needed, 2 * this.#bytes.length)),
    )
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
    return larger
  }
}
