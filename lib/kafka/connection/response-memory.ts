import { FETCH_MAX_BYTES } from '../constants'

/** Smaller responses get memory of their own, which the garbage collector frees quickly. */
const LEAST_BYTES = 65_536
/** Responses differ a little in length. */
const STEP_BYTES = 262_144
/** As much as Bytes in flight by default, and two responses. */
const MOST_FREE_BYTES = 6 * FETCH_MAX_BYTES

/**
 * The memory of the responses of one connection. That of large ones is used again: the operating system clears new
 * memory page by page, and the garbage collector runs more often. With texts of 1 KiB that took 29 % of the
 * processor time.
 */
export class ResponseMemory {
  /** Memory that nothing refers to, the smallest first. */
  #free: Buffer[] = []
  #freeBytes = 0

  /** @returns as many bytes, with any content */
  take(length: number): Buffer {
    if (length < LEAST_BYTES) {
      this.#clear()
      return Buffer.allocUnsafeSlow(length)
    }
    // Memory that was not touched yet costs nothing, so that an announced length is no attack.
    const memory =
      this.#takeFree(length) ?? Buffer.allocUnsafeSlow(Math.ceil(length / STEP_BYTES) * STEP_BYTES)
    return memory.subarray(0, length)
  }

  /** @param bytes from `take`, or a part of them. Nothing may refer to them any more */
  giveBack({ buffer }: Buffer): void {
    const { byteLength } = buffer
    if (byteLength < LEAST_BYTES || this.#freeBytes + byteLength > MOST_FREE_BYTES) return
    this.#free.push(Buffer.from(buffer))
    this.#free.sort((one, other) => one.length - other.length)
    this.#freeBytes += byteLength
  }

  #takeFree(length: number): Buffer | null {
    const at = this.#free.findIndex((free) => free.length >= length)
    // If all are too small, new memory takes the place of one.
    const [free] = this.#free.splice(Math.max(0, at), 1)
    this.#freeBytes -= free?.length ?? 0
    return at < 0 ? null : (free ?? null)
  }

  /** A small response means that no more large ones are expected soon. */
  #clear(): void {
    this.#free = []
    this.#freeBytes = 0
  }
}
