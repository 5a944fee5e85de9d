import { FETCH_MAX_BYTES } from '../constants'

/** Smaller responses get memory of their own, which the garbage collector frees quickly. */
const LEAST_BYTES = 524_288
/** Responses differ a little in length. */
const STEP_BYTES = 262_144
/**
 * A response can stay for long, so that it must not hold much more memory than it needs. That of one shard fits into
 * the memory of four.
 */
const MOST_TIMES = 5
/** About as much as Bytes in flight by default, and two responses. */
const MOST_FREE_BYTES = 6 * FETCH_MAX_BYTES

/**
 * The memory of the responses of one connection. That of large ones is used again: the operating system clears new
 * memory page by page, and the garbage collector runs more often. With texts of 1 KiB that took about a quarter of the
 * processor time.
 */
export class ResponseMemory {
  /** Memory that nothing refers to, the smallest first. */
  #free: Buffer[] = []
  #freeBytes = 0
  readonly #taken = new WeakSet<ArrayBufferLike>()

  /** @returns as many bytes, with any content */
  take(length: number): Buffer {
    if (length < LEAST_BYTES) {
      this.#clear()
      return Buffer.allocUnsafeSlow(length)
    }
    // Memory that was not touched yet costs nothing, so that an announced length is no attack.
    const memory =
      this.#takeFree(length) ?? Buffer.allocUnsafeSlow(Math.ceil(length / STEP_BYTES) * STEP_BYTES)
    this.#taken.add(memory.buffer)
    return memory.subarray(0, length)
  }

  /** @param bytes from `take`, or a part of them. Nothing may refer to them any more */
  giveBack({ buffer }: Buffer): void {
    if (!this.#taken.delete(buffer)) return
    if (buffer.byteLength > MOST_FREE_BYTES) return
    this.#free.push(Buffer.from(buffer))
    this.#freeBytes += buffer.byteLength
    this.#free.sort((one, other) => one.length - other.length)
    while (this.#freeBytes > MOST_FREE_BYTES) this.#remove(0)
  }

  #takeFree(length: number): Buffer | null {
    const fits = (free: Buffer): boolean =>
      free.length >= length && free.length <= MOST_TIMES * length
    const at = this.#free.findIndex(fits)
    return at < 0 ? null : this.#remove(at)
  }

  #remove(at: number): Buffer | null {
    const [free = null] = this.#free.splice(at, 1)
    this.#freeBytes -= free?.length ?? 0
    return free
  }

  /** A small response means that no more large ones are expected soon. */
  #clear(): void {
    this.#free = []
    this.#freeBytes = 0
  }
}
